import { existsSync } from "node:fs";
import { readThrough } from "@x/unionfs";
import { unpackImage, type Descriptor, type Store, type Unpacked } from "@x/image";
import type { DirectoryRoot, UnionRoot } from "../sandbox.ts";
import { validate } from "../validate.ts";
import type { ContainerOptions } from "./container-options.ts";
import { describeImage, type ImageContainer } from "./describe-image.ts";

/** Files of this machine that tell how names are looked up. */
const NETWORK_FILES = ["/etc/resolv.conf", "/etc/hosts"] as const;

/** A container of an image as plain data, and the image it is of. */
export interface DescribedContainer {
  readonly described: ImageContainer;
  readonly image: Unpacked;
}

/**
 * Unpacks what of an image is not unpacked yet, and describes a container of it; `rootOf` makes a
 * root of the image's layers. Rejects with `SandboxError` by field, and as `unpackImage` does.
 */
export async function describeContainer(
  store: Store,
  descriptor: Descriptor,
  options: ContainerOptions,
  rootOf: (lower: readonly string[]) => DirectoryRoot | UnionRoot,
): Promise<DescribedContainer> {
  const image = await unpackImage(store, descriptor, options);
  const { lower, config } = image;
  const database = { passwd: textOf(lower, "etc/passwd"), group: textOf(lower, "etc/group") };
  const described = describeImage(config, rootOf(lower), database, options, {
    root: process.geteuid?.() === 0,
    networkFiles: NETWORK_FILES.filter((path) => existsSync(path)),
  });
  validate(described.sandbox);
  return { described, image };
}

function textOf(lower: readonly string[], path: string): string {
  return readThrough(lower, path)?.toString("utf8") ?? "";
}
