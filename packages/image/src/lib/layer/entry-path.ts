import { ImageError } from "../error.ts";
import { malformed } from "../tar/fault.ts";

/** Where an entry goes, relative to the root. Names are bytes, written here as latin1. */
export interface EntryPath {
  /** The directories above it, joined by `/`; `""` is the root. */
  readonly parent: string;
  /** Its last component; `""` for the root itself. */
  readonly leaf: string;
}

/** What an entry's name says it is: a file of its own, or a note about the layers below. */
export type EntryMeaning =
  | { readonly kind: "file" }
  /** Hides `name` of the layers below. */
  | { readonly kind: "whiteout"; readonly name: string }
  /** Hides all that the layers below have in the directory. */
  | { readonly kind: "opaque" }
  /** Bookkeeping of aufs that once got into images, and means nothing. */
  | { readonly kind: "bookkeeping" };

const slash = 0x2f;
const dot = 0x2e;
const mark = ".wh.";
const opaqueMark = ".wh..wh..opq";

/**
 * The path of a name as an archive has it, made relative to the root: an absolute one begins there,
 * and `..` goes no higher, by the letters alone. `lastParent` is returned as it is when it is meant
 * again, for names come in the order of directories.
 */
export function entryPath(name: Uint8Array): EntryPath {
  const bytes = Buffer.from(name.buffer, name.byteOffset, name.length);
  const simple = simplePath(bytes);
  return simple ?? cleanPath(bytes);
}

/** The path of a name without empty, `.` and `..` components, but for `./` in front and `/` behind. */
function simplePath(bytes: Buffer): EntryPath | undefined {
  let start = 0;
  let end = bytes.length;
  if (bytes[0] === slash) start = 1;
  else if (bytes[0] === dot && bytes[1] === slash) start = 2;
  if (end > start && bytes[end - 1] === slash) end--;
  if (start >= end) return undefined;
  let from = start;
  let last = start - 1;
  for (let at = start; at <= end; at++) {
    if (at < end && bytes[at] !== slash) continue;
    const length = at - from;
    if (length === 0 || (length <= 2 && bytes[from] === dot && bytes[at - 1] === dot)) return;
    if (at < end) last = at;
    from = at + 1;
  }
  const parent = last < start ? "" : bytes.toString("latin1", start, last);
  return { parent, leaf: bytes.toString("latin1", last + 1, end) };
}

function cleanPath(bytes: Buffer): EntryPath {
  const components: string[] = [];
  for (const component of bytes.toString("latin1", 0, bytes.length).split("/")) {
    if (component === "" || component === ".") continue;
    if (component === "..") components.pop();
    else components.push(component);
  }
  const leaf = components.pop() ?? "";
  return { parent: components.join("/"), leaf };
}

/**
 * What an entry's name means in a layer. Throws `X_IMAGE_ARCHIVE` for whiteouts of nothing, of the
 * directory itself and of the one above, and for files in a directory of such a name.
 *
 * Source: OCI layer.md, "Whiteouts": no file may have a name that begins with `.wh.`.
 */
export function entryMeaning({ parent, leaf }: EntryPath, name: Uint8Array): EntryMeaning {
  if (parent.startsWith(mark) || parent.includes(`/${mark}`)) {
    if (parent.startsWith(`${mark}${mark}`) || parent.includes(`/${mark}${mark}`)) return aufs;
    throw malformed(name, "it lies in a whiteout, which is no directory");
  }
  if (!leaf.startsWith(mark)) return file;
  if (leaf === opaqueMark) return opaque;
  if (leaf.startsWith(`${mark}${mark}`)) return aufs;
  const hidden = leaf.slice(mark.length);
  if (hidden === "" || hidden === "." || hidden === "..") {
    throw malformed(name, "it hides the directory it lies in, or the one above");
  }
  return { kind: "whiteout", name: hidden };
}

const file: EntryMeaning = { kind: "file" };
const opaque: EntryMeaning = { kind: "opaque" };
const aufs: EntryMeaning = { kind: "bookkeeping" };

/** A path of bytes as latin1, as the kernel takes it. */
export function kernelPath(path: string): Buffer {
  const bytes = Buffer.allocUnsafe(path.length + 1);
  bytes.write(path, 0, "latin1");
  bytes[path.length] = 0;
  return bytes;
}

/** The path of a name in a directory, both relative to the root. */
export function joinPath(directory: string, name: string): string {
  return directory === "" ? name : `${directory}/${name}`;
}

/** The bytes of a path, for messages. */
export function pathBytes(path: string): Uint8Array {
  return Buffer.from(path, "latin1");
}

/** Throws `X_IMAGE_INVALID` for a directory's path that the kernel would cut off. */
export function checkDirectory(directory: string): void {
  if (directory !== "" && !directory.includes("\0")) return;
  throw new ImageError("X_IMAGE_INVALID", "it must be the path of a directory, without NUL", {
    field: "directory",
  });
}
