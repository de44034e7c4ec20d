import { link, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { usedBelow } from "./used-below.ts";

test("the bytes of a tree are those of its files, each once, and of nothing that links lead to", async () => {
  const folder = await mkdtemp(join(tmpdir(), "x-used-"));
  try {
    const tree = join(folder, "tree");
    await mkdir(join(tree, "a", "b"), { recursive: true });
    await writeFile(join(folder, "outside"), Buffer.alloc(1_000_000));
    await writeFile(join(tree, "a", "b", "file"), Buffer.alloc(1000));
    await link(join(tree, "a", "b", "file"), join(tree, "same"));
    await writeFile(Buffer.from(`${tree}/\xff`, "latin1"), Buffer.alloc(10));
    expect(await usedBelow(tree)).toBe(1010);
    await symlink("..", join(tree, "up"));
    expect(await usedBelow(tree)).toBe(1012);
    expect(await usedBelow(join(tree, "up"))).toBe(2);
    expect(await usedBelow(join(folder, "outside"))).toBe(1_000_000);
    expect(await usedBelow(join(folder, "nothing"))).toBe(0);
  } finally {
    await rm(folder, { recursive: true });
  }
});
