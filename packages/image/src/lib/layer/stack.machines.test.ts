import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { MS_RDONLY, syscall } from "@x/syscall";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ArchiveEntry } from "../../testing/layer-archive.ts";
import { dir, fifo, file, hardlink, symlink, whiteout } from "../../testing/layer-archive.ts";
import { describeTree } from "../../testing/layer-describe.ts";
import { apply, makeHost, type Host } from "../../testing/layer-host.ts";
import { describeModel, stackModel } from "../../testing/layer-model.ts";
import { isRoot } from "../../testing/layer-user.ts";
import { settleLayer } from "./settle.ts";

const names = fc.constantFrom("a", "b", "a/x", "a/y", "b/x", "a/x/p");
const parents = fc.constantFrom("a", "b", "a/x");
const time = fc.integer({ min: 1, max: 9 }).map((seconds) => BigInt(seconds) * 1_000_000_001n);

const mode = fc.constantFrom(0o600, 0o644, 0o4755);
const directories = fc.record({
  name: fc.oneof(parents, names, fc.constant("./")),
  mode: fc.constantFrom(0o700, 0o755, 0o1777),
  mtime: time,
});
const files = fc.record({ name: names, content: fc.constantFrom("", "one"), mode, mtime: time });
const links = fc.constantFrom("a", "x", "/b", "../../..");

const entry: fc.Arbitrary<ArchiveEntry> = fc.oneof(
  { weight: 5, arbitrary: directories.map(({ name, ...more }) => dir(name, more)) },
  { weight: 6, arbitrary: files.map(({ name, content, ...more }) => file(name, content, more)) },
  { weight: 1, arbitrary: fc.tuple(names, links).map(([name, link]) => symlink(name, link)) },
  { weight: 2, arbitrary: fc.tuple(names, names).map(([name, link]) => hardlink(name, link)) },
  { weight: 2, arbitrary: names.map((name) => whiteout(name.replace(/[^/]*$/, ".wh.$&"))) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("", "a/", "b/", "a/x/")
      .map((name) => whiteout(`${name}.wh..wh..opq`)),
  },
  { weight: 1, arbitrary: names.map((name) => fifo(name, { mode: 0o600 })) },
);

const layers = fc.array(fc.array(entry, { minLength: 1, maxLength: 7 }), {
  minLength: 1,
  maxLength: 3,
});

/** The layers as overlay shows them. */
function describeStack(directories: readonly string[], target: string): Record<string, string> {
  const lowerdir = [...directories].toReversed().join(":");
  syscall(
    "mount",
    "overlay",
    target,
    "overlay",
    MS_RDONLY,
    Buffer.from(`lowerdir=${lowerdir}:${target},metacopy=off\0`),
  );
  try {
    return describeTree(target, false);
  } finally {
    syscall("umount2", target, 0);
  }
}

async function applyFlat(host: Host, stack: readonly ArchiveEntry[][]): Promise<boolean> {
  for (const entries of stack) {
    try {
      await apply(host.root, entries);
    } catch (error) {
      expect(error).toMatchObject({ code: "X_IMAGE_ARCHIVE" });
      return false;
    }
  }
  return true;
}

async function applyEach(
  host: Host,
  stack: readonly ArchiveEntry[][],
): Promise<string[] | undefined> {
  const directories: string[] = [];
  for (const [index, entries] of stack.entries()) {
    const directory = join(host.root, `${index}`);
    mkdirSync(directory);
    try {
      const applied = await apply(directory, entries, { whiteouts: "overlay" });
      await settleLayer(directory, applied, directories.toReversed());
    } catch (error) {
      expect(error).toMatchObject({ code: "X_IMAGE_ARCHIVE" });
      return undefined;
    }
    directories.push(directory);
  }
  return directories;
}

function withoutLinks(lines: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(lines).map(([path, line]) => [path, line.replace(/ [^ ]*$/, " ")]),
  );
}

describe("any sequence of entries over three layers", () => {
  test.skipIf(!isRoot)(
    "comes to the tree of the specification, in one directory and stacked by overlay, and harms nothing outside (root only: it mounts)",
    async () => {
      let trees = 0;
      await fc.assert(
        fc.asyncProperty(layers, async (stack) => {
          const expected = stackModel(stack);
          await using flat = makeHost();
          await using split = makeHost();
          const before = [flat.canaries(), split.canaries()];
          const applied = await applyFlat(flat, stack);
          const directories = await applyEach(split, stack);
          expect([flat.canaries(), split.canaries()]).toEqual(before);
          if (expected.kind === "unknown") return;
          expect(applied).toBe(expected.kind === "tree");
          expect(directories !== undefined).toBe(expected.kind === "tree");
          if (expected.kind !== "tree" || directories === undefined) return;
          trees++;
          const tree = describeModel(expected.root);
          const whole = describeTree(flat.root, true);
          // Until a layer says what the root is like it stays as it was.
          if (expected.root.attributes === undefined) whole["."] = tree["."]!;
          expect(whole).toEqual(tree);
          const target = join(split.root, "merged");
          mkdirSync(target);
          expect(describeStack(directories, target)).toEqual(withoutLinks(tree));
        }),
        { numRuns: 200 },
      );
      expect(trees).toBeGreaterThan(20);
    },
  );
});
