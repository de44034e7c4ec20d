import { execFileSync } from "node:child_process";
import { createReadStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/layer-directory.ts";
import { isRoot } from "../../testing/layer-user.ts";
import { hasGnuTar } from "../../testing/tar-gnu.ts";
import { makeTree, treeEntries } from "../../testing/tar-tree.ts";
import { snapshotTree } from "../../testing/tree-snapshot.ts";
import { applyLayer } from "./apply.ts";

const gnu = await hasGnuTar();
const archives = 300;

describe.skipIf(!gnu)("held against GNU tar (which must be this machine's `tar`)", () => {
  test(`${archives} archives that it made come to the trees that it makes of them`, async () => {
    await using place = temporaryDirectory();
    const at = (...names: string[]): string => join(place.path, ...names);
    for (const name of ["from", "gnu", "ours"]) mkdirSync(at(name));
    const trees = fc.sample(treeEntries, { numRuns: archives, seed: 4 });
    for (const [index, entries] of trees.entries()) {
      for (const name of ["from", "gnu", "ours"]) mkdirSync(at(name, `${index}`));
      makeTree(at("from", `${index}`), entries, isRoot);
    }
    execFileSync("sh", ["-ec", script, "sh", place.path, `${archives}`]);
    for (const index of trees.keys()) {
      await applyLayer(createReadStream(at("from", `${index}.tar`)), {
        compression: "none",
        directory: at("ours", `${index}`),
        whiteouts: "overlay",
        ...(isRoot ? {} : { owners: "keep" }),
      });
    }
    const [theirs, ours] = [await snapshotTree(at("gnu")), await snapshotTree(at("ours"))];
    for (const tree of [theirs, ours]) tree.delete(".");
    expect(ours.size).toBeGreaterThan(archives * 3);
    expect([...ours]).toEqual([...theirs]);
  });
});

/** Each format in turn; only one of them knows attributes. */
const script = `
  cd "$1"
  for index in $(seq 0 $(($2 - 1))); do
    how=--format=gnu
    if [ $((index % 2)) = 1 ]; then how='--format=posix --xattrs'; fi
    tar -C "from/$index" $how -Scf "from/$index.tar" .
    tar -C "gnu/$index" --xattrs --xattrs-include='*' --numeric-owner --warning=no-timestamp -xpf "from/$index.tar"
  done
`;
