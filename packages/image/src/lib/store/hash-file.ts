import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { algorithmOf, type Digest } from "../spec/digest.ts";

/**
 * A hash, of the algorithm of a digest, that has been fed the first `length` bytes of a file and
 * can be fed more.
 */
export async function hashOf(file: FileHandle, digest: Digest, length: number): Promise<Hash> {
  const hash = createHash(algorithmOf(digest));
  const buffer = Buffer.allocUnsafe(Math.min(length, 1 << 20));
  let position = 0;
  while (position < length) {
    const wanted = Math.min(buffer.length, length - position);
    const { bytesRead } = await file.read(buffer, 0, wanted, position);
    if (bytesRead === 0) throw new Error(`the file ended at ${position} of ${length} bytes`);
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
  return hash;
}

/** Writes all of the bytes at a place of a file: `write(2)` may take fewer. */
export async function writeAt(
  file: FileHandle,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
