import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { snapshotTree } from "@x/image/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { treeDifferences } from "./tree-differences.ts";

const isRoot = process.getuid!() === 0;

describe.skipIf(!isRoot)(`trees${isRoot ? "" : " (skipped: needs root, for devices)"}`, () => {
  let tree: string;
  beforeEach(() => (tree = mkdtempSync(join(tmpdir(), "x-trees-"))));
  afterEach(() => rmSync(tree, { recursive: true }));

  const shell = (script: string): void => {
    execFileSync("sh", ["-ec", `${script}; touch -d @1 .`], { cwd: tree });
  };

  test.each<[string, string, RegExp]>([
    ["content", "echo b > file; touch -d @1 file", /^file: content[^,]*,other: content[^,]*$/],
    ["size", "truncate -s 5 file; touch -d @1 file", /^file: size 2 \| 5,file: content/],
    ["mode", "chmod 4755 file", /^file: mode "644" \| "4755"/],
    ["owner", "chown 1:2 file", /^file: uid 0 \| 1,file: gid 0 \| 2/],
    ["time", "touch -d 1970-01-01T00:00:01.000000001Z file", /^file: mtime 10+ \| 10+1,/],
    ["link count", "cp -p other copy; mv -f copy other", /^file: links 2 \| 1,file: same/],
    ["partner", "ln -f file third; rm other", /^file: same/],
    ["attributes", "setfattr -n user.a -v b file", /^file: xattrs \{\} \| \{"user.a":"0x62"\}/],
    ["capability", "setcap cap_kill=p file", /security.capability/],
    ["device", "rm null; mknod null c 1 5; touch -d @1 null", /^null: device "1:3" \| "1:5"$/],
    ["target", "ln -snf to link; touch -hd @1 link", /^link: target "file" \| "to"$/],
    ["type", "rm null; mkfifo null", /^null: type "character" \| "fifo"/],
    ["name", "mv link knil", /^knil: only theirs,link: only ours$/],
  ])("that differ in %s are told apart", async (_, change, seen) => {
    shell("echo a > file; ln file other; mknod null c 1 3; ln -s file link; touch -hd @1 *");
    const before = await snapshotTree(tree);
    expect(treeDifferences(before, await snapshotTree(tree))).toEqual([]);
    shell(change);
    expect(treeDifferences(before, await snapshotTree(tree)).join()).toMatch(seen);
  });
});
