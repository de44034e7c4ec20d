import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { dir, file, hardlink, symlink, whiteout } from "./layer-archive.ts";
import { etc, passwd, refused, same, unbroken, unharmed } from "./layer-breakout-case.ts";
import type { BreakoutCase } from "./layer-breakout-case.ts";
import { textAt } from "./layer-host.ts";

/** Cases of moby's go-archive, umoci and others. */
export const others: readonly BreakoutCase[] = [
  {
    name: "go-archive TestUntarSymlinkBreakout: a file of its own name through a link",
    layer: (to) => [symlink("loophole", `${to.far}`), file("loophole/victim", "written")],
    outcome: (root) => expect(textAt(root, "victim")).toBe("written"),
    control: true,
  },
  {
    name: "go-archive TestUntarAbsoluteHardlink: it works, below the root",
    layer: () => [etc, passwd, hardlink("/abs", "/etc/passwd")],
    outcome: same("abs", "etc/passwd"),
  },
  {
    name: "go-archive TestUntarInvalidHardlink: to a directory",
    layer: () => [etc, hardlink("hard", "etc")],
    outcome: refused,
  },
  {
    name: "CVE-2021-29136: the root changes its type",
    layer: (to) => [symlink("/", to.etc), file("unbroken", "x")],
    outcome: refused,
  },
  {
    name: "CVE-2021-29136: `.` is a file",
    layer: () => [file(".", "x")],
    outcome: refused,
  },
  {
    name: "names that go up",
    layer: (to) => [etc, file(`${to.far}/etc/unbroken`, "unbroken")],
    outcome: unbroken,
    control: true,
  },
  {
    name: "a directory that becomes a link after files went through it (CVE-2025-47290)",
    layer: (to) => [
      etc,
      dir("d"),
      file("d/first", "1"),
      symlink("d", to.etc),
      file("d/unbroken", "unbroken"),
    ],
    outcome: (root) => {
      unbroken(root);
      expect(existsSync(join(root, "etc/first"))).toBe(false);
    },
  },
  {
    name: "a link on the way that changes after files went through it",
    layer: (to) => [
      etc,
      dir("one"),
      symlink("l", "one"),
      file("l/first", "1"),
      symlink("l", to.etc),
      file("l/unbroken", "unbroken"),
    ],
    outcome: (root) => {
      unbroken(root);
      expect(existsSync(join(root, "one/first"))).toBe(true);
    },
  },
  {
    name: "dir, link, dir again within a layer",
    layer: (to) => [
      etc,
      passwd,
      dir("d"),
      symlink("d", to.etc),
      dir("d"),
      file("d/passwd", "mine"),
    ],
    outcome: (root) => {
      unharmed(root);
      expect(textAt(root, "d/passwd")).toBe("mine");
    },
  },
  {
    name: "links that lead to each other",
    layer: () => [symlink("a", "b"), symlink("b", "a"), file("a/f", "x")],
    outcome: refused,
  },
  {
    name: "a file below a file",
    layer: () => [file("a", "x"), file("a/b", "x")],
    outcome: refused,
  },
  {
    name: "a file below a link to nowhere",
    layer: () => [symlink("a", "/dne"), file("a/b", "x")],
    outcome: refused,
  },
  {
    name: "an opaque mark through a link",
    below: (to) => [etc, passwd, symlink("l", to.etc)],
    layer: () => [whiteout("l/.wh..wh..opq")],
    outcome: (root) => expect(existsSync(join(root, "etc/passwd"))).toBe(false),
  },
  {
    name: "device numbers that Linux has not",
    layer: () => [{ type: "character", name: "dev", major: 0x1000, minor: 1 }],
    outcome: refused,
  },
];
