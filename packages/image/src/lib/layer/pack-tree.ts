import { read, readSync } from "node:fs";
import { promisify } from "node:util";
import {
  layouts,
  O_CLOEXEC,
  O_NOCTTY,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_PATH,
  O_RDONLY,
  AT_FDCWD,
  pack,
  RESOLVE_BENEATH,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_NO_XDEV,
  S_IFMT,
  S_IFREG,
  syscall,
} from "@x/syscall";
import type { TarHeader } from "../tar/entry.ts";
import { paddingBytes } from "../tar/field.ts";
import { tarEnd, tarHeader } from "../tar/writer.ts";
import { byDescriptor } from "./open-beneath.ts";
import type { ChangeTree } from "./pack-change.ts";
import { changed, reading, unreadable } from "./pack-error.ts";
import { headerOf, markHeader, type HeaderContext } from "./pack-header.ts";
import { walkTree, type Found } from "./pack-walk.ts";
import { itself, statusAt, type Status } from "./status.ts";

type FoundFile = Extract<Found, { kind: "file" }>;

/** Reading less than this is not worth a trip to another thread. */
const smallBytes = 128 * 1024;
const chunkBytes = 512 * 1024;
const readAsync = promisify(read);

/**
 * The archive of a tree, or of what `changes` names of it, in chunks of half a MiB. `onEntry` hears of
 * each entry. Throws `X_IMAGE_INVALID`, `X_IMAGE_STORE`.
 *
 * @yields chunks, each a buffer of its own
 */
export async function* packTree(
  root: number,
  changes: ChangeTree | undefined,
  context: HeaderContext,
  onEntry: () => void,
): AsyncGenerator<Uint8Array, void> {
  const out = new Chunks();
  const firstNames = new Map<string, Uint8Array>();
  for (const found of walkTree(root, changes, close)) {
    onEntry();
    if (found.kind === "mark") yield* out.add(tarHeader(markHeader(found.path, context.latest)));
    else if ((found.status.mode & S_IFMT) === S_IFREG) {
      yield* packFile(found, out, firstNames, context);
    } else {
      const header = headerOf(found, found.status, found.directory, context);
      yield* out.add(tarHeader(asLink(header, found.status, firstNames)));
    }
  }
  yield* out.add(tarEnd);
  yield* out.rest();
}

/** The head of another name of a file that is in the archive already, or else the head itself. */
function asLink(header: TarHeader, status: Status, firstNames: Map<string, Uint8Array>): TarHeader {
  if (header.type === "directory" || status.links < 2) return header;
  const key = `${status.filesystem}:${status.inode}`;
  const first = firstNames.get(key);
  if (first !== undefined) {
    return { ...header, type: "hardlink", linkName: first, size: 0, major: 0, minor: 0 };
  }
  firstNames.set(key, header.name);
  return header;
}

async function* packFile(
  found: FoundFile,
  out: Chunks,
  firstNames: Map<string, Uint8Array>,
  context: HeaderContext,
): AsyncGenerator<Uint8Array, void> {
  const { path } = found;
  const { fd, status } = reading(path, () => openFile(found));
  try {
    const header = asLink(headerOf(found, status, fd, context), status, firstNames);
    yield* out.add(tarHeader(header));
    if (header.size === 0) return;
    yield* out.addFile(fd, header.size, path);
    const after = reading(path, () => statusAt(fd, itself));
    if (after.size !== status.size) throw changed(path, "its size is another one");
  } finally {
    close(fd);
  }
}

let how: Uint8Array | undefined;

/**
 * Opens a regular file. Only a handle is opened by name: to open what somebody put there instead,
 * a device perhaps, could do harm. Throws `SyscallError`, `X_IMAGE_INVALID`.
 */
function openFile({ parent, name, path }: FoundFile): { fd: number; status: Status } {
  how ??= pack(layouts.open_how, {
    flags: O_PATH | O_NOFOLLOW | O_CLOEXEC,
    resolve: RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
  });
  const handle = syscall("openat2", parent, name, how, how.length);
  try {
    const status = statusAt(handle, itself);
    if ((status.mode & S_IFMT) !== S_IFREG) {
      throw changed(path, "it is no regular file any more");
    }
    const flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    return { fd: syscall("openat", AT_FDCWD, byDescriptor(handle), flags, 0), status };
  } finally {
    close(handle);
  }
}

function close(fd: number): void {
  syscall("close", fd);
}

/** Gathers heads and contents in chunks that are worth the way through the compression. */
class Chunks {
  #chunk = Buffer.allocUnsafeSlow(chunkBytes);
  #filled = 0;

  *add(bytes: Uint8Array): Generator<Uint8Array, void> {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + chunkBytes - this.#filled);
      this.#chunk.set(part, this.#filled);
      at += part.length;
      yield* this.#advance(part.length);
    }
  }

  // Adds `size` bytes of a file and what fills up their last block.
  async *addFile(fd: number, size: number, path: string): AsyncGenerator<Uint8Array, void> {
    for (let left = size; left > 0;) {
      const most = Math.min(left, chunkBytes - this.#filled);
      const bytes = await this.#read(fd, most, path);
      if (bytes === 0) throw changed(path, `it ends ${left} bytes early`);
      left -= bytes;
      yield* this.#advance(bytes);
    }
    yield* this.add(new Uint8Array(paddingBytes(size)));
  }

  async #read(fd: number, most: number, path: string): Promise<number> {
    try {
      if (most <= smallBytes) return readSync(fd, this.#chunk, this.#filled, most, null);
      const { bytesRead } = await readAsync(fd, this.#chunk, this.#filled, most, null);
      return bytesRead;
    } catch (error) {
      throw unreadable(path, error);
    }
  }

  *rest(): Generator<Uint8Array, void> {
    if (this.#filled > 0) yield this.#chunk.subarray(0, this.#filled);
  }

  *#advance(bytes: number): Generator<Uint8Array, void> {
    this.#filled += bytes;
    if (this.#filled < chunkBytes) return;
    // Compression may still be at work on the old one.
    const full = this.#chunk;
    this.#chunk = Buffer.allocUnsafeSlow(chunkBytes);
    this.#filled = 0;
    yield full;
  }
}
