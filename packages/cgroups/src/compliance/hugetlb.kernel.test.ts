import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createCgroup } from "../index.ts";
import { gatedShell } from "../testing/gated.ts";
import { titled, whyNot } from "../testing/host.ts";

const MiB = 1_048_576;
const count = "/proc/sys/vm/nr_hugepages";
const no = whyNot("hugetlb") ?? whyNoPages();

test.skipIf(no)(titled("huge pages beyond the limit are refused, and counted", no), async () => {
  using pages = hugePages(8);
  await using group = await createCgroup({
    hugepageLimits: [{ pageSize: "2MB", limit: "4MiB" }],
  });
  expect(group.limits().hugepageLimits).toContainEqual({ pageSize: "2MB", limit: 4 * MiB });
  const script = `fallocate -l 4M ${pages.path}/one && echo one; fallocate -l 2M ${pages.path}/two 2>/dev/null && echo two; sleep 9`;
  await using shell = await gatedShell(group, script);
  expect(await shell.line()).toBe("one");
  await expect.poll(() => group.stat(["hugetlb"]).hugetlb!["2MB"]!.events.max).toBeGreaterThan(0);
  expect(shell.lines).toEqual(["one"]);
  expect(group.stat(["hugetlb"]).hugetlb!["2MB"]).toMatchObject({
    current: 4 * MiB,
    limit: 4 * MiB,
  });
});

/** Huge pages set aside, with a file system of them; both are undone. */
function hugePages(pages: number): Disposable & { readonly path: string } {
  const before = readFileSync(count, "latin1");
  const path = mkdtempSync(join(tmpdir(), "huge-"));
  writeFileSync(count, String(pages));
  execFileSync("mount", ["-t", "hugetlbfs", "-o", "pagesize=2M", "none", path]);
  return {
    path,
    [Symbol.dispose]() {
      execFileSync("umount", [path]);
      rmdirSync(path);
      writeFileSync(count, before);
    },
  };
}

function whyNoPages(): string | undefined {
  try {
    const before = readFileSync(count, "latin1");
    writeFileSync(count, "8");
    const got = Number(readFileSync(count, "latin1"));
    writeFileSync(count, before);
    return got >= 8 ? undefined : "the kernel has no memory for huge pages";
  } catch {
    return "huge pages cannot be set aside here";
  }
}
