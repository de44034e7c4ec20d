import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { ImageError } from "../error.ts";

/** Files by name, in a directory or in an archive. Names are relative, with `/`, without `..`. */
export interface Files extends AsyncDisposable {
  /** Where they are, for errors. */
  readonly place: string;
  /** Bytes of a file; undefined where there is none. */
  size(name: string): Promise<number | undefined>;
  /** All of a file. Rejects with `X_IMAGE_NOT_FOUND`, and `X_IMAGE_LIMIT` for one that is longer. */
  read(name: string, maxBytes: number): Promise<Uint8Array>;
  /** A file's content from a byte on. Rejects with `X_IMAGE_NOT_FOUND`. */
  stream(name: string, offset: number): Promise<AsyncIterable<Uint8Array>>;
}

const pieceBytes = 256 * 1024;

/** The files of a directory. What is no regular file counts as absent. */
export function filesOfDirectory(directory: string): Files {
  const find = async (name: string): Promise<FileHandle | undefined> => {
    // Without O_NONBLOCK a fifo would hold us until somebody writes to it.
    const flags = constants.O_RDONLY | constants.O_NONBLOCK;
    const file = await open(join(directory, name), flags).catch(undefinedIfAbsent);
    if (file === undefined || (await file.stat()).isFile()) return file;
    await file.close();
    return undefined;
  };
  const need = async (name: string): Promise<FileHandle> => {
    const file = await find(name);
    if (file === undefined) throw missing(name, directory);
    return file;
  };
  return {
    place: directory,
    async size(name) {
      const file = await find(name);
      if (file === undefined) return undefined;
      try {
        return (await file.stat()).size;
      } finally {
        await file.close();
      }
    },
    async read(name, maxBytes) {
      const file = await need(name);
      try {
        const { size } = await file.stat();
        if (size > maxBytes) throw tooLong(name, size, maxBytes);
        return await readAt(file, 0, size);
      } finally {
        await file.close();
      }
    },
    async stream(name, offset) {
      await (await need(name)).close();
      // Opened when it is read: who never does has nothing to close.
      return contentOf(async () => need(name), offset);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/**
 * The content of a file that is opened when it is read.
 *
 * @yields the bytes from `offset` on
 */
async function* contentOf(
  openFile: () => Promise<FileHandle>,
  offset: number,
): AsyncGenerator<Uint8Array> {
  const file = await openFile();
  try {
    const { size } = await file.stat();
    yield* pieces(file, offset, size);
  } finally {
    await file.close();
  }
}

/**
 * The bytes of an open file between two places.
 *
 * @yields pieces of 256 KiB
 */
export async function* pieces(
  file: FileHandle,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end;) {
    const piece = await readAt(file, at, Math.min(pieceBytes, end - at));
    if (piece.length === 0) return;
    yield piece;
    at += piece.length;
  }
}

/** Up to so many bytes of an open file; fewer only where it ends. */
export async function readAt(file: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(bytes);
  let filled = 0;
  while (filled < bytes) {
    const { bytesRead } = await file.read(buffer, filled, bytes - filled, at + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** The error for a file that is not there. */
export function missing(name: string, place: string): ImageError {
  return new ImageError("X_IMAGE_NOT_FOUND", `there is no file ${name} in ${place}`);
}

/** The error for a body that is too long to be read whole. */
export function tooLong(name: string, size: number, maxBytes: number): ImageError {
  const message = `${name} has ${size} bytes; at most ${maxBytes} are read`;
  return new ImageError("X_IMAGE_LIMIT", message);
}

function undefinedIfAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "ENXIO") return;
  throw error;
}
