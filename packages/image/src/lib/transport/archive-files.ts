import { open, type FileHandle } from "node:fs/promises";
import { posix } from "node:path";
import { ImageError } from "../error.ts";
import { TarParser } from "../tar/reader.ts";
import type { TarHeader } from "../tar/entry.ts";
import { onDisk } from "./file-error.ts";
import { missing, pieces, readAt, tooLong, type Files } from "./files.ts";

/** A file of an archive: where its content is, what it is a link to, or why nobody may read it. */
type Member =
  | { readonly offset: number; readonly size: number }
  | { readonly link: string }
  | { readonly refusal: string };

const blockBytes = 512;
const windowBytes = 64 * 1024;
const zeros = new Uint8Array(1024 * 1024);
const maxLinks = 16;

/**
 * The files of a tar archive that is not compressed, read in place: only headers are read now.
 * Links are followed inside the archive. Rejects with `X_IMAGE_ARCHIVE` for names that lead out of
 * it. What is there twice, or is a link out of it, is refused when it is asked for.
 */
export async function filesOfArchive(path: string): Promise<Files> {
  return membersOf(await onDisk("read", path, open(path, "r")), path);
}

/** The same of an open file, which it closes in the end, also when it rejects. */
export async function membersOf(file: FileHandle, place: string): Promise<Files> {
  let members: ReadonlyMap<string, Member>;
  try {
    members = await indexArchive(file);
  } catch (error) {
    await file.close();
    throw error;
  }
  const need = (name: string): { offset: number; size: number } => {
    const found = resolve(members, name);
    if (found === undefined) throw missing(name, place);
    return found;
  };
  return {
    place,
    size: async (name) => resolve(members, name)?.size,
    async read(name, maxBytes) {
      const { offset, size } = need(name);
      if (size > maxBytes) throw tooLong(name, size, maxBytes);
      return readAt(file, offset, size);
    },
    async stream(name, start) {
      const { offset, size } = need(name);
      return pieces(file, offset + Math.min(start, size), offset + size);
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}

/**
 * The name as the archive's own files are known by: without `./` and `//`. Throws
 * `X_IMAGE_ARCHIVE` for one that leads out.
 */
export function memberName(name: string): string {
  const normal = posix.normalize(name).replace(/\/$/, "");
  if (!posix.isAbsolute(name) && normal !== ".." && !normal.startsWith("../")) return normal;
  throw new ImageError("X_IMAGE_ARCHIVE", "this name leads out of the archive", {
    field: JSON.stringify(name.slice(0, 200)),
  });
}

/** Where everything is. Content is passed over; the parser is told zeros instead. */
async function indexArchive(file: FileHandle): Promise<Map<string, Member>> {
  const members = new Map<string, Member>();
  const { size: end } = await file.stat();
  const parser = new TarParser({ bytes: Number.MAX_SAFE_INTEGER });
  let window: Buffer = Buffer.alloc(0);
  let windowStart = 0;
  for (let at = 0; at < end;) {
    if (at < windowStart || at + blockBytes > windowStart + window.length) {
      windowStart = at;
      window = await readAt(file, at, Math.min(windowBytes, end - at));
    }
    const block = window.subarray(at - windowStart, at - windowStart + blockBytes);
    at += block.length;
    for (const event of parser.push(block)) {
      if (event.kind !== "entry") continue;
      const { header } = event;
      addMember(members, header, at);
      if (header.type !== "file" || header.sparse !== undefined) continue;
      const padded = Math.ceil(header.size / blockBytes) * blockBytes;
      feedZeros(parser, Math.max(0, Math.min(padded, end - at)));
      at += padded;
    }
  }
  parser.end();
  return members;
}

function feedZeros(parser: TarParser, bytes: number): void {
  for (let left = bytes; left > 0; left -= zeros.length) {
    parser.push(left < zeros.length ? zeros.subarray(0, left) : zeros);
  }
}

function addMember(members: Map<string, Member>, header: TarHeader, offset: number): void {
  if (header.type === "directory") return;
  const name = memberName(Buffer.from(header.name).toString());
  const isTwice = members.has(name);
  const member = memberOf(name, header, offset);
  members.set(name, isTwice ? { refusal: "this name is in the archive twice" } : member);
}

function memberOf(name: string, header: TarHeader, offset: number): Member {
  const { type, size, sparse } = header;
  const target = Buffer.from(header.linkName).toString();
  if (type === "symlink") return linkTo(target, posix.dirname(name));
  if (type === "hardlink") return linkTo(target, ".");
  if (type === "file" && sparse === undefined) return { offset, size };
  return { refusal: `a ${sparse ? "sparse file" : type} has no place in such an archive` };
}

function linkTo(target: string, folder: string): Member {
  const isInside = !posix.isAbsolute(target) && !posix.join(folder, target).startsWith("../");
  if (isInside) return { link: memberName(posix.join(folder, target)) };
  return { refusal: `it is a link to ${JSON.stringify(target)}, outside the archive` };
}

function resolve(
  members: ReadonlyMap<string, Member>,
  name: string,
): { offset: number; size: number } | undefined {
  const refuse = (reason: string): ImageError =>
    new ImageError("X_IMAGE_ARCHIVE", reason, { field: JSON.stringify(name.slice(0, 200)) });
  let member = members.get(memberName(name));
  for (let links = 0; member !== undefined && !("offset" in member); links++) {
    if ("refusal" in member) throw refuse(member.refusal);
    if (links === maxLinks) throw refuse(`more than ${maxLinks} links lead to each other`);
    member = members.get(member.link);
  }
  return member;
}
