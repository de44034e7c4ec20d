import {
  chmodSync,
  closeSync,
  ftruncateSync,
  lchownSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import * as fc from "fast-check";
import { AT_FDCWD, AT_SYMLINK_NOFOLLOW, S_IFIFO, syscall } from "@x/syscall";

type Content = readonly { readonly gap: number; readonly bytes: Uint8Array }[];

/** One thing to make in a tree; names are bytes, `target` is a number among those before it. */
export interface TreeEntry {
  readonly type: "file" | "directory" | "symlink" | "hardlink" | "fifo";
  readonly name: Uint8Array;
  readonly parent: number;
  readonly target: number;
  readonly content: Content;
  readonly hole: number;
  readonly mode: number;
  readonly owner: number;
  /** Nanoseconds since 1970. */
  readonly mtime: bigint;
  readonly attribute: Uint8Array | undefined;
}

const byte = fc.integer({ min: 1, max: 255 }).filter((value) => value !== 0x2f);
const name = fc
  .oneof(
    { weight: 5, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 6, min: 0x61, max: 0x7a }) },
    { weight: 2, arbitrary: fc.array(byte, { minLength: 1, maxLength: 8 }) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 60, maxLength: 90, min: 0x41, max: 0x5a }) },
  )
  .map((bytes) => Uint8Array.from(bytes))
  .filter((bytes) => !bytes.every((value) => value === 0x2e));

const content: fc.Arbitrary<Content> = fc.array(
  fc.record({
    gap: fc.constantFrom(0, 0, 1, 4096, 50_000),
    bytes: fc.uint8Array({ maxLength: 1500 }),
  }),
  { maxLength: 6 },
);

/** What to make in a tree. */
export const treeEntries: fc.Arbitrary<TreeEntry[]> = fc.array(
  fc.record({
    type: fc.constantFrom("file", "file", "directory", "symlink", "hardlink", "fifo"),
    name,
    parent: fc.nat({ max: 20 }),
    target: fc.nat({ max: 20 }),
    content,
    hole: fc.constantFrom(0, 0, 100_000),
    mode: fc.integer({ min: 0, max: 0o7777 }).map((mode) => mode | 0o700),
    owner: fc.nat({ max: 2_000_000 }),
    mtime: fc.bigInt({ min: 0n, max: 2n ** 33n * 1_000_000_000n - 1n }),
    attribute: fc.option(fc.uint8Array({ maxLength: 30 }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 14 },
);

const join = (...parts: Uint8Array[]): Buffer<ArrayBuffer> =>
  Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from("/"), part])));

/** Makes a tree below an empty directory; what has a name that is taken already is left out. */
export function makeTree(root: string, entries: readonly TreeEntry[], asRoot: boolean): void {
  const directories = [Buffer.from(root)];
  const files: Buffer<ArrayBuffer>[] = [];
  const made = new Map<string, { path: Buffer; entry: TreeEntry }>();
  for (const entry of entries) {
    const path = join(directories[entry.parent % directories.length]!, entry.name);
    if (made.has(path.toString("latin1"))) continue;
    if (entry.type === "hardlink") {
      const target = files[entry.target % Math.max(1, files.length)];
      if (target !== undefined) linkSync(target, path);
      continue;
    }
    made.set(path.toString("latin1"), { path, entry });
    if (entry.type === "directory") {
      mkdirSync(path);
      directories.push(path);
    } else if (entry.type === "symlink") symlinkSync(Buffer.from(entry.name), path);
    else if (entry.type === "fifo") makeFifo(path);
    else {
      writeContent(path, entry);
      files.push(path);
    }
  }
  // From the bottom up, for what is made in a directory changes its time.
  for (const { path, entry } of [...made.values()].toReversed()) finish(path, entry, asRoot);
}

function makeFifo(path: Uint8Array): void {
  syscall("mknodat", AT_FDCWD, Buffer.concat([path, Buffer.alloc(1)]), S_IFIFO | 0o600, 0);
}

function writeContent(path: Buffer, { content, hole }: TreeEntry): void {
  const fd = openSync(path, "wx");
  let at = 0;
  for (const { gap, bytes } of content) {
    writeSync(fd, bytes, 0, bytes.length, at + gap);
    at += gap + bytes.length;
  }
  ftruncateSync(fd, at + hole);
  closeSync(fd);
}

function finish(path: Buffer, entry: TreeEntry, asRoot: boolean): void {
  const terminated = Buffer.concat([path, Buffer.alloc(1)]);
  if (asRoot) lchownSync(path, entry.owner, entry.owner + 1);
  if (entry.attribute !== undefined && (entry.type === "file" || entry.type === "directory")) {
    const key = Buffer.from("user.attribute\0");
    syscall("lsetxattr", terminated, key, entry.attribute, entry.attribute.length, 0);
  }
  if (entry.type !== "symlink") chmodSync(path, entry.mode);
  const times = Buffer.alloc(32);
  for (const offset of [0, 16]) {
    times.writeBigInt64LE(entry.mtime / 1_000_000_000n, offset);
    times.writeBigInt64LE(entry.mtime % 1_000_000_000n, offset + 8);
  }
  syscall("utimensat", AT_FDCWD, terminated, times, AT_SYMLINK_NOFOLLOW);
}
