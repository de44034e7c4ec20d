import { createHash, type Hash } from "node:crypto";
import { ImageError } from "../error.ts";

/** `sha256:` and 64 lower-case hexadecimal digits, or `sha512:` and 128. Source: OCI descriptor.md. */
export type Digest = `sha256:${string}` | `sha512:${string}`;

const digits = { sha256: 64, sha512: 128 } as const;

/** Whether a text is a digest, to the letter of the specification, of an algorithm that is known. */
export function isDigest(text: string): text is Digest {
  const match = /^(sha256|sha512):([0-9a-f]+)$/.exec(text);
  return match !== null && match[2]!.length === digits[match[1] as keyof typeof digits];
}

/** The text as a digest. Throws `X_IMAGE_DIGEST` before it gets near any path. */
export function parseDigest(text: string, field?: string): Digest {
  if (isDigest(text)) return text;
  throw new ImageError("X_IMAGE_DIGEST", `${JSON.stringify(text.slice(0, 200))} is no digest`, {
    ...(field === undefined ? {} : { field }),
    hint: "A digest is sha256: and 64 of 0-9a-f, or sha512: and 128 of them",
  });
}

/** The algorithm of a digest. */
export function algorithmOf(digest: Digest): "sha256" | "sha512" {
  return digest.slice(0, digest.indexOf(":")) as "sha256" | "sha512";
}

/** The hexadecimal digits of a digest. */
export function encodedOf(digest: Digest): string {
  return digest.slice(digest.indexOf(":") + 1);
}

/** The SHA-256 digest of bytes. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return digestOfHash(createHash("sha256").update(bytes));
}

/** The digest of what a SHA-256 hash has been fed. */
export function digestOfHash(hash: Hash): Digest {
  return `sha256:${hash.digest("hex")}`;
}
