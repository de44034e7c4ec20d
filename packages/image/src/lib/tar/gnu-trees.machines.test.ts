import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/layer-directory.ts";
import { readWhole, type WholeEntry } from "../../testing/tar-bytes.ts";
import { hasGnuTar } from "../../testing/tar-gnu.ts";
import { makeTree, treeEntries } from "../../testing/tar-tree.ts";
import { snapshotTree, type SnapshotEntry } from "../../testing/tree-snapshot.ts";

const gnu = await hasGnuTar();
const root = process.geteuid!() === 0;

/** The formats of GNU tar, and what each cannot hold: fifos, parts of a second, attributes. */
const formats: readonly { name: string; options: string[]; posix?: true }[] = [
  ...["v7", "ustar", "oldgnu", "gnu"].map((name) => ({ name, options: [`--format=${name}`] })),
  { name: "oldgnu, sparse", options: ["--format=oldgnu", "-S"] },
  { name: "gnu, sparse", options: ["--format=gnu", "-S"] },
  { name: "posix", options: ["--format=posix", "--xattrs"], posix: true },
  ...["0.0", "0.1", "1.0"].map((version) => ({
    name: `posix, sparse ${version}`,
    options: ["--format=posix", "--xattrs", "-S", `--sparse-version=${version}`],
    posix: true as const,
  })),
];

const relative = (name: Uint8Array): string =>
  Buffer.from(name).toString("latin1").replace(/^\.\//, "").replace(/\/$/, "") || ".";

/** The content of a file, the holes of a sparse one filled in. */
function filled({ header, content }: WholeEntry): Uint8Array {
  if (header.sparse === undefined) return content;
  const whole = new Uint8Array(header.size);
  let at = 0;
  for (const { offset, bytes } of header.sparse) {
    whole.set(content.subarray(at, at + bytes), offset);
    at += bytes;
  }
  return whole;
}

/** What was read, in the form in which the tree is told; a hard link as what it is a link to. */
function told(entry: WholeEntry, read: ReadonlyMap<string, WholeEntry>, posix: boolean) {
  const { header } = entry;
  const file = header.type === "hardlink" ? read.get(relative(header.linkName))! : entry;
  const { type, mode, uid, gid, mtime, size, linkName, xattrs } = file.header;
  return {
    type,
    mode: mode.toString(8),
    uid,
    gid,
    mtime: posix ? mtime : mtime / 1_000_000_000n,
    size: type === "file" ? size : 0,
    content: type === "file" ? createHash("sha256").update(filled(file)).digest("hex") : "",
    target: type === "symlink" ? Buffer.from(linkName).toString("latin1") : "",
    xattrs: Object.fromEntries(
      [...xattrs].map(([name, value]) => [name, `0x${Buffer.from(value).toString("hex")}`]),
    ),
  };
}

function expected(entry: SnapshotEntry, posix: boolean) {
  const { type, mode, uid, gid, mtime, size, content, target, xattrs } = entry;
  const seconds = posix ? mtime : mtime / 1_000_000_000n;
  const held = posix ? Object.fromEntries(Object.entries(xattrs).map(spelled)) : {};
  return { type, mode, uid, gid, mtime: seconds, size, content, target, xattrs: held };
}

/** `getfattr` prints nothing for an empty value. */
function spelled([name, value]: [string, string]): [string, string] {
  return [name, value === "" ? "0x" : value];
}

describe.skipIf(!gnu)("archives that GNU tar makes (which must be this machine's `tar`)", () => {
  test.each(formats)(
    "hold the trees they were made of, in the format $name",
    async ({ name, options, posix = false }) => {
      const trees = fc.sample(treeEntries, { numRuns: 15, seed: 3 });
      let entries = 0;
      for (const [index, tree] of trees.entries()) {
        await using directory = temporaryDirectory();
        const kept = tree.filter(({ type }) => name !== "v7" || type !== "fifo");
        makeTree(directory.root, kept, root);
        const archive = execFileSync("tar", [...options, "-cf", "-", "-C", directory.root, "."], {
          maxBuffer: 2 ** 28,
          stdio: ["ignore", "pipe", "ignore"],
        });
        const found = readWhole(archive, 300 + 1000 * index);
        const read = new Map(found.map((entry) => [relative(entry.header.name), entry]));
        const snapshot = await snapshotTree(directory.root);
        const ours = [...read].map(([path, entry]) => [path, told(entry, read, posix)] as const);
        const theirs = [...snapshot].map(
          ([path, entry]) => [path, expected(entry, posix)] as const,
        );
        expect(new Map(ours)).toEqual(new Map(theirs));
        entries += read.size;
      }
      expect(entries).toBeGreaterThan(60);
    },
  );
});
