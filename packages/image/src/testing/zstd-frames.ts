/** A frame of zstd data: blocks that are stored as they are, or one byte many times. RFC 8878. */
export interface FrameOptions {
  /** The byte that says how large the window is; 0x50 (1 MiB) unless given. */
  readonly window?: number;
  /** Bytes that the frame says it holds, which then is its window too. */
  readonly contentSize?: bigint;
  readonly checksum?: boolean;
  readonly dictionary?: number;
}

/** A block: bytes as they are, or a byte and how many times it comes. */
export type Block = Uint8Array | readonly [byte: number, times: number];

/** A frame of blocks. A checksum, if any, is none that fits: only some decoders look at it. */
export function zstdFrame(blocks: readonly Block[], options: FrameOptions = {}): Buffer {
  const { window = 0x50, contentSize, checksum = false, dictionary } = options;
  const flags =
    (contentSize === undefined ? 0 : 0xe0) |
    (checksum ? 0x04 : 0) |
    (dictionary === undefined ? 0 : 1);
  const size = Buffer.alloc(contentSize === undefined ? 0 : 8);
  if (contentSize !== undefined) size.writeBigUInt64LE(contentSize);
  return Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, flags]),
    Buffer.from(contentSize === undefined ? [window] : []),
    Buffer.from(dictionary === undefined ? [] : [dictionary]),
    size,
    ...blocks.map((block, index) => blockBytes(block, index === blocks.length - 1)),
    Buffer.alloc(checksum ? 4 : 0),
  ]);
}

/** A frame that decoders leave out. */
export function skippableFrame(bytes: number): Buffer {
  const head = Buffer.from([0x5f, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  head.writeUInt32LE(bytes, 4);
  return Buffer.concat([head, Buffer.alloc(bytes, 0xff)]);
}

function blockBytes(block: Block, last: boolean): Buffer {
  const stored = block instanceof Uint8Array;
  const length = stored ? block.length : block[1];
  const head = (length << 3) | (stored ? 0 : 2) | (last ? 1 : 0);
  return Buffer.concat([
    Buffer.from([head & 0xff, (head >> 8) & 0xff, head >> 16]),
    stored ? block : Buffer.from([block[0]]),
  ]);
}
