import type { TarEntryType, TarHeader } from "../lib/tar/entry.ts";
import { tarEnd, tarHeader, tarPadding } from "../lib/tar/writer.ts";

/** One entry of a test's archive. Names are text, or bytes. */
export interface ArchiveEntry {
  readonly type: TarEntryType;
  readonly name: string | Uint8Array;
  readonly link?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: bigint;
  readonly content?: string | Uint8Array;
  readonly major?: number;
  readonly minor?: number;
  readonly xattrs?: Readonly<Record<string, string>>;
}

type More = Partial<Omit<ArchiveEntry, "type" | "name">>;
type Make = (name: string, more?: More) => ArchiveEntry;
type MakeWith = (name: string, what: string, more?: More) => ArchiveEntry;

export const dir: Make = (name, more) => ({ type: "directory", name, mode: 0o755, ...more });
export const file: MakeWith = (name, content, more) => ({ type: "file", name, content, ...more });
export const symlink: MakeWith = (name, link, more) => ({ type: "symlink", name, link, ...more });
export const hardlink: MakeWith = (name, link, more) => ({ type: "hardlink", name, link, ...more });
export const fifo: Make = (name, more) => ({ type: "fifo", name, ...more });
export const whiteout: Make = (name, more) => ({ type: "file", name, content: "", ...more });

/** The time of a test's entries unless they say another. */
export const someTime = 1_600_000_000_123_456_789n;

/** The head of a test's entry. */
function headerOf(entry: ArchiveEntry): TarHeader {
  const { name, link = "", content = "", xattrs = {} } = entry;
  return {
    type: entry.type,
    name: typeof name === "string" ? Buffer.from(name) : name,
    linkName: Buffer.from(link),
    mode: entry.mode ?? 0o644,
    uid: entry.uid ?? 0,
    gid: entry.gid ?? 0,
    size: Buffer.byteLength(content),
    mtime: entry.mtime ?? someTime,
    major: entry.major ?? 0,
    minor: entry.minor ?? 0,
    xattrs: new Map(
      Object.entries(xattrs).map(([key, value]) => [key, Buffer.from(value, "latin1")]),
    ),
  };
}

/** An archive of these entries. */
export function archive(...entries: readonly ArchiveEntry[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const header = headerOf(entry);
    const content = Buffer.from(entry.content ?? "");
    return [tarHeader(header), content, tarPadding(header.size)];
  });
  return Buffer.concat([...parts, tarEnd]);
}

/**
 * Bytes as they would come in.
 *
 * @yields Parts of them, `size` bytes each.
 */
export async function* chunked(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
