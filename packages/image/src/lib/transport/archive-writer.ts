import { randomBytes } from "node:crypto";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { onDisk } from "./file-error.ts";
import { syncDirectory } from "../store/durable.ts";
import { tarEnd, tarHeader, tarPadding } from "../tar/writer.ts";

/** An archive that is being written, to become a file of its own name only when it is whole. */
export interface ArchiveWriter extends AsyncDisposable {
  /** Whether a file of this name is in, or on its way. */
  has(name: string): boolean;
  /** Adds a file; several may be on their way at once. Once only by name. */
  add(name: string, size: number, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** Ends the archive and gives it its name. */
  finish(): Promise<void>;
}

/** Begins an archive; disposing of it before it is finished leaves nothing behind. */
export async function writeArchive(path: string): Promise<ArchiveWriter> {
  const target = resolve(path);
  const partial = `${target}.${randomBytes(6).toString("hex")}.partial`;
  const file = await onDisk("write", target, open(partial, "wx", 0o644));
  const names = new Set<string>();
  let end = 0;
  let isOpen = true;
  const write = (bytes: Uint8Array, at: number): Promise<number> =>
    onDisk("write", target, writeAt(file, bytes, at));
  const close = async (): Promise<void> => {
    if (isOpen) await file.close();
    isOpen = false;
  };
  return {
    has: (name) => names.has(name),
    async add(name, size, chunks) {
      names.add(name);
      const head = headOf(name, size);
      const start = end;
      // The place is taken before anything is waited for: the next file begins behind it.
      end += head.length + size + tarPadding(size).length;
      await write(head, start);
      let at = start + head.length;
      for await (const chunk of chunks) at += await write(chunk, at);
      await write(tarPadding(size), at);
    },
    async finish() {
      await write(tarEnd, end);
      await onDisk("write", target, file.sync());
      await close();
      await onDisk("write", target, rename(partial, target));
      await syncDirectory(dirname(target));
    },
    async [Symbol.asyncDispose]() {
      await close();
      await rm(partial, { force: true });
    },
  };
}

function headOf(name: string, size: number): Uint8Array {
  const nothing = new Uint8Array(0);
  const owner = { uid: 0, gid: 0, major: 0, minor: 0, xattrs: new Map<string, Uint8Array>() };
  const bytes = Buffer.from(name);
  return tarHeader({
    type: "file",
    name: bytes,
    linkName: nothing,
    mode: 0o644,
    size,
    mtime: 0n,
    ...owner,
  });
}

async function writeAt(file: FileHandle, bytes: Uint8Array, at: number): Promise<number> {
  let written = 0;
  while (written < bytes.length) {
    const left = bytes.length - written;
    written += (await file.write(bytes, written, left, at + written)).bytesWritten;
  }
  return written;
}
