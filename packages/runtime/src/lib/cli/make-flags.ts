import { parseChanges, type CommitOptions } from "@x/image";
import type { Flags } from "./invocation.ts";

/** What a command line says about an image that is to be made. */
export function makeFlags({
  lists,
  values,
}: Flags): Pick<CommitOptions, "edits" | "message" | "author"> {
  const { change = [] } = lists;
  const { message, author } = values;
  return {
    edits: parseChanges(change),
    ...(message === undefined ? {} : { message }),
    ...(author === undefined ? {} : { author }),
  };
}
