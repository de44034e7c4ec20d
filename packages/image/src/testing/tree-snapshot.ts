import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { promisify } from "node:util";

/** What one file of a tree is, as plain data. */
export interface SnapshotEntry {
  readonly type: "file" | "directory" | "symlink" | "character" | "block" | "fifo" | "socket";
  /** 12 bits, in octal. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** Names of this inode; 0 for directories, whose count says nothing. */
  readonly links: number;
  /** Paths of the tree that are the same file, when there are several. */
  readonly same: readonly string[];
  /** Nanoseconds since 1970. */
  readonly mtime: bigint;
  /** Bytes, of files. */
  readonly size: number;
  /** SHA-256 of the content, of files. */
  readonly content: string;
  /** Of symbolic links. */
  readonly target: string;
  /** `major:minor` of devices. */
  readonly device: string;
  /** By name, in hexadecimal. */
  readonly xattrs: Readonly<Record<string, string>>;
}

/** What {@link snapshotTree} looks at. */
export interface SnapshotOptions {
  /** Extended attributes; costs a run of `getfattr`. True unless given. */
  readonly xattrs?: boolean;
}

/**
 * The tree below a directory, by path relative to it (`.` is the directory itself; bytes as
 * latin1), sorted. Nothing is followed. Source: lstat(2).
 */
export async function snapshotTree(
  directory: string,
  { xattrs = true }: SnapshotOptions = {},
): Promise<Map<string, SnapshotEntry>> {
  const found = new Map<string, SnapshotEntry & { readonly inode: bigint }>();
  const attributes = xattrs ? await attributesOf(directory) : new Map();
  const root = Buffer.from(directory);
  const visit = (path: string): void => {
    const place =
      path === "." ? root : Buffer.concat([root, Buffer.from("/"), Buffer.from(path, "latin1")]);
    const status = lstatSync(place, { bigint: true });
    const type = typeOf(Number(status.mode));
    found.set(path, {
      type,
      mode: (Number(status.mode) & 0o7777).toString(8),
      uid: Number(status.uid),
      gid: Number(status.gid),
      links: type === "directory" ? 0 : Number(status.nlink),
      same: [],
      mtime: status.mtimeNs,
      size: type === "file" ? Number(status.size) : 0,
      content: type === "file" ? hashOf(place) : "",
      target: type === "symlink" ? readlinkSync(place, "buffer").toString("latin1") : "",
      device: type === "character" || type === "block" ? deviceOf(status.rdev) : "",
      xattrs: attributes.get(path) ?? {},
      inode: status.ino,
    });
    if (type !== "directory") return;
    for (const name of readdirSync(place, "buffer")) {
      const text = name.toString("latin1");
      visit(path === "." ? text : `${path}/${text}`);
    }
  };
  visit(".");
  return withSame(found);
}

function withSame(
  found: ReadonlyMap<string, SnapshotEntry & { readonly inode: bigint }>,
): Map<string, SnapshotEntry> {
  const paths = [...found.keys()].toSorted();
  const names = new Map<bigint, string[]>();
  for (const path of paths) {
    const { inode, links } = found.get(path)!;
    if (links > 1) names.set(inode, [...(names.get(inode) ?? []), path]);
  }
  return new Map(
    paths.map((path) => {
      const { inode, ...entry } = found.get(path)!;
      return [path, { ...entry, same: names.get(inode) ?? [] }];
    }),
  );
}

function hashOf(path: Buffer): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

const types: Readonly<Record<number, SnapshotEntry["type"]>> = {
  0o010000: "fifo",
  0o020000: "character",
  0o040000: "directory",
  0o060000: "block",
  0o100000: "file",
  0o120000: "symlink",
  0o140000: "socket",
};

function typeOf(mode: number): SnapshotEntry["type"] {
  return types[mode & 0o170000]!;
}

function deviceOf(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n);
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}

/** What `getfattr` says of each path. It escapes bytes that are not printable as octal numbers. */
async function attributesOf(directory: string): Promise<Map<string, Record<string, string>>> {
  const { stdout } = await promisify(execFile)(
    "getfattr",
    ["-R", "-P", "-h", "-d", "-m", "-", "-e", "hex", "."],
    { cwd: directory, encoding: "latin1", maxBuffer: 2 ** 30 },
  );
  const attributes = new Map<string, Record<string, string>>();
  for (const part of stdout.split("\n\n")) {
    const [head, ...lines] = part.split("\n");
    if (head === undefined || !head.startsWith("# file: ")) continue;
    const path = unescape(head.slice("# file: ".length)).replace(/^\.\/(?=.)/, "");
    const pairs = lines
      .filter((line) => line !== "")
      .map(splitPair)
      .toSorted();
    attributes.set(path, Object.fromEntries(pairs));
  }
  return attributes;
}

function splitPair(line: string): [string, string] {
  const at = line.indexOf("=");
  return at < 0 ? [unescape(line), ""] : [unescape(line.slice(0, at)), line.slice(at + 1)];
}

function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(parseInt(digits, 8)),
  );
}
