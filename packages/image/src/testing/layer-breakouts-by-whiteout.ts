import { existsSync, lstatSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { file, symlink, whiteout } from "./layer-archive.ts";
import { etc, passwd, refused, unharmed } from "./layer-breakout-case.ts";
import type { BreakoutCase } from "./layer-breakout-case.ts";

/** Those of containerd's cases whose whiteouts hide more than they may. */
export const whiteouts: readonly BreakoutCase[] = [
  {
    name: "WhiteoutRootParent",
    below: () => [etc, passwd],
    layer: () => [whiteout(".wh...")],
    outcome: refused,
    control: true,
  },
  {
    name: "WhiteoutParent",
    below: () => [etc, passwd],
    layer: () => [whiteout("etc/.wh...")],
    outcome: refused,
  },
  {
    name: "WhiteoutRoot",
    below: () => [etc, passwd],
    layer: () => [whiteout(".wh..")],
    outcome: refused,
  },
  {
    name: "WhiteoutCurrentDirectory",
    below: () => [etc, passwd],
    layer: () => [whiteout("etc/.wh..")],
    outcome: refused,
  },
  {
    name: "WhiteoutSymlink",
    below: (to) => [etc, passwd, symlink("localetc", to.etc)],
    layer: () => [whiteout(".wh.localetc")],
    outcome: (root) => {
      unharmed(root);
      expect(() => lstatSync(join(root, "localetc"))).toThrow(/ENOENT/);
    },
    control: true,
  },
  {
    name: "WhiteoutSymlinkPath",
    below: (to) => [etc, passwd, symlink("localetc", to.etc)],
    layer: () => [whiteout("localetc/.wh.passwd")],
    outcome: (root) => {
      expect(existsSync(join(root, "etc"))).toBe(true);
      expect(existsSync(join(root, "etc/passwd"))).toBe(false);
    },
  },
  {
    name: "WhiteoutDirectoryName",
    below: () => [etc, passwd],
    layer: () => [file(".wh.etc/somefile", "non-empty")],
    outcome: refused,
  },
  {
    name: "WhiteoutDeadSymlinkParent",
    below: () => [etc, passwd, symlink("passwd", "/dne")],
    layer: () => [whiteout("passwd/.wh.etc")],
    outcome: unharmed,
  },
  {
    name: "WhiteoutRelativePath",
    below: () => [etc, passwd],
    layer: () => [whiteout("dne/../.wh.etc")],
    outcome: (root) => expect(existsSync(join(root, "etc"))).toBe(false),
  },
];
