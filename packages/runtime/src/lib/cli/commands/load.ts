import {
  copyImage,
  formatReference,
  ImageError,
  openImages,
  openStore,
  parseReference,
  type OpenedImage,
} from "@x/image";
import { interruptible } from "../interrupt.ts";
import type { Invocation } from "../invocation.ts";
import { newImageName } from "../new-image-name.ts";
import { printImage } from "../output.ts";
import { progressView } from "../progress.ts";
import { platformFlag } from "../registry-flags.ts";

/** `x load`: images of an archive or an OCI layout into the store. */
export async function load({ words, flags }: Invocation): Promise<number> {
  const [path = ""] = words;
  const store = await openStore();
  using work = interruptible();
  using view = progressView(flags);
  await using opened = await openImages(path, work);
  if (opened.kind === "root") {
    throw new ImageError("X_IMAGE_INVALID", `${path} holds files and no image`, {
      hint: `x import ${path} NAME makes an image of them`,
    });
  }
  const wanted = flags.values["name"];
  for (const image of opened.images) {
    const [name, ...others] = namesOf(image, path, opened.images.length === 1 ? wanted : undefined);
    await using destination = store.destination(name);
    const { descriptor } = await copyImage(image.source, destination, {
      ...platformFlag(flags),
      ...view,
      signal: work.signal,
    });
    for (const other of others) await store.tag(other, descriptor);
    printImage(flags, name!, descriptor.digest);
  }
  return 0;
}

/** Canonical names; an OCI layout may call its images anything. */
function namesOf({ names }: OpenedImage, path: string, wanted?: string): string[] {
  if (wanted !== undefined) return [newImageName(wanted)];
  if (names.length === 0) {
    throw new ImageError("X_IMAGE_NOT_FOUND", `an image in ${path} has no name`, {
      hint: "Give it one with --name",
    });
  }
  return names.map((name) => formatReference(parseReference(name)));
}
