import { formatReference, parseReference } from "@x/image";
import { UsageError } from "./usage-error.ts";

/** The whole name that an image is to get. Throws `UsageError` for one that has a digest. */
export function newImageName(text: string): string {
  const reference = parseReference(text);
  if (reference.digest === undefined) return formatReference(reference);
  throw new UsageError(`${text} has a digest, which says itself what it stands for`);
}
