import type { Compression } from "../spec/media-type.ts";

/** How many bytes tell what a file is. */
export const magicBytes = 4;

/** How what begins with these bytes is compressed. Source: RFC 1952, RFC 8878. */
export function compressionOfBytes(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  const isZstd = head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;
  return isZstd ? "zstd" : "none";
}
