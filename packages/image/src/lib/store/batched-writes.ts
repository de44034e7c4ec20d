import type { FileHandle } from "node:fs/promises";
import { writeAt } from "./hash-file.ts";

/** Writes chunks of any size in larger pieces, one of which may be on its way. */
export interface BatchedWrites {
  /** Takes the next bytes; wait for it. Rejects with what an earlier write failed with. */
  add(chunk: Uint8Array): Promise<void> | undefined;
  /** Writes what is left. */
  end(): Promise<void>;
}

const pieceBytes = 512 * 1024;
/** What a slow connection brings is written, and told, after so many milliseconds. */
const longest = 100;

/** `onWritten` hears of the position up to which the file has been written. */
export function batchedWrites(
  file: FileHandle,
  position: number,
  onWritten: (position: number) => void,
): BatchedWrites {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  let end = position;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    clearTimeout(timer);
    timer = setTimeout(rested, longest);
    await writing;
    if (bytes === 0) return;
    const [batch, start] = [parts, end];
    end += bytes;
    [parts, bytes] = [[], 0];
    writing = writeParts(file, batch, start).then(() => onWritten(start + lengthOf(batch)));
    // Its failure is told to whoever writes next.
    writing.catch(() => undefined);
  };
  const rested = (): void => {
    timer = undefined;
    if (bytes > 0) void write().catch(() => undefined);
  };
  return {
    add(chunk) {
      parts.push(chunk);
      bytes += chunk.length;
      return timer === undefined || bytes >= pieceBytes ? write() : undefined;
    },
    async end() {
      try {
        await write();
        await writing;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** `pwritev(2)` may take fewer bytes than there are. */
async function writeParts(
  file: FileHandle,
  parts: readonly Uint8Array[],
  position: number,
): Promise<void> {
  const { bytesWritten } = await file.writev([...parts], position);
  if (bytesWritten === lengthOf(parts)) return;
  await writeAt(file, Buffer.concat(parts).subarray(bytesWritten), position + bytesWritten);
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}
