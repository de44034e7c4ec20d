import type { Transform } from "node:stream";
import * as zlib from "node:zlib";

/** What Node can do with zstd data since 22.15; the types of Node 20 do not know it. */
export interface NodeZstd {
  createZstdCompress(options: NodeZstdOptions): Transform;
  createZstdDecompress(options: NodeZstdOptions): Transform & { readonly bytesWritten: number };
  readonly constants: Readonly<
    Record<"ZSTD_c_compressionLevel" | "ZSTD_c_checksumFlag" | "ZSTD_d_windowLogMax", number>
  >;
}

interface NodeZstdOptions {
  readonly chunkSize: number;
  readonly highWaterMark?: number;
  readonly params: Readonly<Record<number, number>>;
}

/** Node's own zstd; undefined where this Node has none. */
export function nodeZstd(): NodeZstd | undefined {
  return "createZstdDecompress" in zlib ? (zlib as unknown as NodeZstd) : undefined;
}
