import { existsSync, lstatSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { dir, file, hardlink, symlink } from "./layer-archive.ts";
import { etc, passwd, refused, same, unbroken, unharmed } from "./layer-breakout-case.ts";
import type { BreakoutCase } from "./layer-breakout-case.ts";
import { whiteouts } from "./layer-breakouts-by-whiteout.ts";
import { textAt } from "./layer-host.ts";

/** The cases of containerd's `TestBreakouts`, by its names. */
export const containerd: readonly BreakoutCase[] = [
  {
    name: "SymlinkAbsolute",
    layer: (to) => [etc, symlink("localetc", to.etc), file("/localetc/unbroken", "unbroken")],
    outcome: unbroken,
    control: true,
  },
  {
    name: "SymlinkUpAndOut",
    layer: (to) => [
      etc,
      dir("dummy"),
      symlink("localetc", `${to.far}/etc`),
      file("/localetc/unbroken", "unbroken"),
    ],
    outcome: unbroken,
    control: true,
  },
  {
    name: "SymlinkMultipleAbsolute",
    layer: (to) => [
      etc,
      dir("dummy"),
      symlink("/dummy/etc", to.etc),
      symlink("localetc", "/dummy/etc"),
      file("/dummy/etc/unbroken", "unbroken"),
    ],
    outcome: unbroken,
    control: true,
  },
  {
    name: "SymlinkMultipleRelative",
    layer: (to) => [
      etc,
      dir("dummy"),
      symlink("/dummy/etc", to.etc),
      symlink("localetc", "./dummy/etc"),
      file("localetc/unbroken", "unbroken"),
    ],
    outcome: unbroken,
    control: true,
  },
  {
    name: "SymlinkEmptyFile",
    layer: (to) => [
      etc,
      file("etc/emptied", "notempty"),
      symlink("localetc", to.etc),
      file("localetc/emptied", ""),
    ],
    outcome: (root) => expect(textAt(root, "etc/emptied")).toBe(""),
    control: true,
  },
  {
    name: "SymlinkEmptyFilename",
    layer: (to) => [
      etc,
      passwd,
      symlink("./", `${to.etc}/`),
      hardlink("localpasswd", "/etc/passwd"),
    ],
    outcome: refused,
  },
  {
    name: "HardlinkRelative",
    layer: (to) => [
      etc,
      passwd,
      dir("breakouts"),
      symlink("breakouts/d1", `${to.far}/../etc`),
      hardlink("breakouts/mypasswd", "breakouts/d1/passwd"),
    ],
    outcome: same("etc/passwd", "breakouts/mypasswd"),
    control: true,
  },
  {
    name: "HardlinkDownAndOut",
    layer: (to) => [
      etc,
      passwd,
      dir("breakouts"),
      dir("downandout"),
      symlink("breakouts/d1", `../downandout/${to.far}/../etc`),
      hardlink("breakouts/mypasswd", "breakouts/d1/passwd"),
    ],
    outcome: same("etc/passwd", "breakouts/mypasswd"),
    control: true,
  },
  {
    name: "HardlinkAbsolute",
    layer: (to) => [
      etc,
      passwd,
      symlink("localetc", to.etc),
      hardlink("localpasswd", "localetc/passwd"),
    ],
    outcome: same("etc/passwd", "localpasswd"),
    control: true,
  },
  {
    name: "HardlinkRelativeLong",
    layer: (to) => [
      etc,
      passwd,
      symlink("localetc", `${to.far}/etc`),
      hardlink("localpasswd", "localetc/passwd"),
    ],
    outcome: same("etc/passwd", "localpasswd"),
    control: true,
  },
  {
    name: "HardlinkRelativeUpAndOut",
    layer: (to) => [
      etc,
      passwd,
      dir("upandout"),
      symlink("localetc", `upandout/../${to.far}/etc`),
      hardlink("localpasswd", "localetc/passwd"),
    ],
    outcome: same("etc/passwd", "localpasswd"),
    control: true,
  },
  {
    name: "HardlinkDirectRelative",
    layer: (to) => [etc, passwd, hardlink("localpasswd", `${to.far}/etc/passwd`)],
    outcome: same("etc/passwd", "localpasswd"),
    control: true,
  },
  {
    name: "HardlinkDirectAbsolute",
    layer: (to) => [etc, passwd, hardlink("localpasswd", `${to.etc}/passwd`)],
    outcome: same("etc/passwd", "localpasswd"),
    control: true,
  },
  {
    name: "SymlinkParentDirectory",
    layer: (to) => [
      etc,
      passwd,
      symlink("..", `${to.etc}/`),
      hardlink("localpasswd", "/etc/passwd"),
    ],
    outcome: refused,
  },
  {
    name: "SymlinkParentRelative",
    layer: (to) => [
      etc,
      passwd,
      dir("localetc"),
      symlink("localetc/sub/..", `${to.etc}/`),
      hardlink("localetc/localpasswd", "/etc/passwd"),
    ],
    outcome: same("etc/passwd", "etc/localpasswd"),
  },
  {
    name: "SymlinkSlashEnded",
    layer: (to) => [
      etc,
      passwd,
      symlink("localetc/", `${to.etc}/`),
      hardlink("localetc/localpasswd", "/etc/passwd"),
    ],
    outcome: same("etc/passwd", "etc/localpasswd"),
  },
  {
    name: "SymlinkOverrideDirectory",
    below: () => [etc, passwd, dir("localetc")],
    layer: (to) => [symlink("localetc", to.etc), hardlink("localetc/localpasswd", "/etc/passwd")],
    outcome: same("etc/passwd", "etc/localpasswd"),
  },
  {
    name: "SymlinkOverrideDirectoryRelative",
    below: () => [etc, passwd, dir("localetc")],
    layer: (to) => [
      symlink("localetc", `${to.far}/etc`),
      hardlink("localetc/localpasswd", "/etc/passwd"),
    ],
    outcome: same("etc/passwd", "etc/localpasswd"),
  },
  {
    name: "DirectoryOverrideSymlink",
    below: (to) => [etc, passwd, symlink("localetc", to.etc)],
    layer: () => [dir("localetc"), hardlink("localetc/localpasswd", "/etc/passwd")],
    outcome: (root) => {
      same("etc/passwd", "localetc/localpasswd")(root);
      expect(lstatSync(join(root, "localetc")).isDirectory()).toBe(true);
      expect(existsSync(join(root, "etc/localpasswd"))).toBe(false);
    },
  },
  {
    name: "DirectoryOverrideSymlinkAndHardlink",
    below: () => [
      etc,
      passwd,
      symlink("localetc", "etc"),
      hardlink("localetc/localpasswd", "/etc/passwd"),
    ],
    layer: () => [dir("localetc"), file("localetc/localpasswd", "different")],
    outcome: (root) => {
      expect(textAt(root, "localetc/localpasswd")).toBe("different");
      expect(textAt(root, "etc/localpasswd")).toBe("inside");
      unharmed(root);
    },
  },
  ...whiteouts,
  {
    name: "SymlinkOverridePath",
    below: () => [etc, passwd, dir("usr"), dir("usr/etc")],
    layer: (to) => [symlink("usr", to.etc), file("usr/etc/unbroken", "unbroken")],
    outcome: (root) => {
      unharmed(root);
      expect(textAt(root, "etc/etc/unbroken")).toBe("unbroken");
    },
  },
  {
    name: "HardlinkSymlinkBeforeCreateTarget",
    layer: () => [
      etc,
      symlink("localpasswd", "/etc/passwd"),
      hardlink("localpasswd-dup", "localpasswd"),
      file("/etc/passwd", "after"),
    ],
    outcome: (root) => {
      expect(readlinkSync(join(root, "localpasswd-dup"))).toBe("/etc/passwd");
      expect(textAt(root, "etc/passwd")).toBe("after");
    },
  },
  {
    name: "HardlinkSymlinkRelative",
    layer: (to) => [
      etc,
      passwd,
      symlink("passwdlink", `${to.far}/etc/passwd`),
      hardlink("localpasswd", "/passwdlink"),
    ],
    outcome: (root) => {
      expect(lstatSync(join(root, "localpasswd")).isSymbolicLink()).toBe(true);
      expect(lstatSync(join(root, "localpasswd")).nlink).toBe(2);
    },
  },
  {
    name: "HardlinkSymlinkAbsolute",
    layer: (to) => [
      etc,
      passwd,
      symlink("passwdlink", `${to.etc}/passwd`),
      hardlink("localpasswd", "/passwdlink"),
    ],
    outcome: (root) => expect(textAt(root, "localpasswd")).toBe("-> /etc/passwd"),
  },
  {
    name: "HardlinkSymlinkChmod",
    layer: (to) => [
      etc,
      passwd,
      symlink("ln1", `${to.etc}/passwd`),
      hardlink("ln2", "ln1"),
      file("ln2", "mine", { mode: 0o777 }),
    ],
    outcome: (root) => {
      unharmed(root);
      expect(textAt(root, "ln2")).toBe("mine");
      expect(lstatSync(join(root, "etc/passwd")).mode & 0o777).toBe(0o644);
    },
    control: true,
  },
];
