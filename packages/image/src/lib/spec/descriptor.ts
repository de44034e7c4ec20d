import { ImageError } from "../error.ts";
import { algorithmOf, digestOf, encodedOf } from "./digest.ts";
import type { Descriptor } from "./types.ts";
import { createHash } from "node:crypto";

/** The digest of no bytes at all. */
const emptyDigest = digestOf("");

/**
 * Refuses descriptors that contradict each other or themselves: two lengths for one digest, a
 * length of 0 for content that has some, embedded `data` that is other content. `field` is where
 * they stand. Throws `X_IMAGE_SIZE` and `X_IMAGE_DIGEST`.
 */
export function checkDescriptors(descriptors: readonly Descriptor[], field: string): void {
  const sizes = new Map<string, number>();
  for (const [index, descriptor] of descriptors.entries()) {
    const place = descriptors.length === 1 && field === "config" ? field : `${field}[${index}]`;
    const { digest, size } = descriptor;
    const other = sizes.get(digest);
    if (other !== undefined && other !== size) {
      const message = `${digest} is said to have ${other} bytes and ${size} bytes`;
      throw new ImageError("X_IMAGE_SIZE", message, { field: `${place}.size` });
    }
    if (algorithmOf(digest) === "sha256" && (size === 0) !== (digest === emptyDigest)) {
      throw new ImageError("X_IMAGE_SIZE", `${digest} cannot have ${size} bytes`, {
        field: `${place}.size`,
      });
    }
    sizes.set(digest, size);
    checkData(descriptor, `${place}.data`);
  }
}

/** Throws `X_IMAGE_SIZE` or `X_IMAGE_DIGEST` when bytes are not what the descriptor says. */
export function checkContent(bytes: Uint8Array, descriptor: Descriptor, field?: string): void {
  const { digest, size } = descriptor;
  const place = field === undefined ? {} : { field };
  if (bytes.length !== size) {
    const message = `${digest} has ${bytes.length} bytes where its descriptor says ${size}`;
    throw new ImageError("X_IMAGE_SIZE", message, place);
  }
  const found = createHash(algorithmOf(digest)).update(bytes).digest("hex");
  if (found !== encodedOf(digest)) {
    const message = `content that should be ${digest} is ${algorithmOf(digest)}:${found}`;
    throw new ImageError("X_IMAGE_DIGEST", message, place);
  }
}

function checkData(descriptor: Descriptor, field: string): void {
  const { data } = descriptor;
  if (data === undefined) return;
  const bytes = Buffer.from(data, "base64");
  if (bytes.toString("base64") !== data) {
    throw new ImageError("X_IMAGE_BODY", "is not base64", { field });
  }
  checkContent(bytes, descriptor, field);
}
