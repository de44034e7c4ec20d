import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BenchError } from "./bench-error.ts";
import type { Peer } from "./contestant.ts";

const COMMAND = "/bin/true";

/** The tools that make containers, each the way its manual page does it, with one root directory. */
export function peers(root: string, folder: string): Peer[] {
  return [bwrap(root), unshare(root), runc(root, folder), plain];
}

function bwrap(root: string): Peer {
  const view = ["--bind", root, "/", "--proc", "/proc", "--dev", "/dev"];
  return {
    name: "bwrap --unshare-all",
    file: "bwrap",
    package: "bubblewrap",
    args: () => ["--unshare-all", ...view, COMMAND],
  };
}

function unshare(root: string): Peer {
  return {
    name: "unshare -mpuinf",
    file: "unshare",
    package: "util-linux",
    args: () => ["-mpuinf", `--root=${root}`, COMMAND],
  };
}

/** A bundle of its own, from `runc spec`; `runc run` deletes each container when it has ended. */
function runc(root: string, folder: string): Peer {
  const bundle = join(folder, "bundle");
  const state = join(folder, "runc");
  let containers = 0;
  return {
    name: "runc run",
    file: "runc",
    package: "runc",
    args() {
      if (containers === 0) writeBundle(bundle, root);
      return ["--root", state, "run", "--bundle", bundle, `x-bench-${process.pid}-${++containers}`];
    },
    clean() {
      if (!existsSync(state)) return;
      for (const id of readdirSync(state)) spawnSync("runc", ["--root", state, "delete", "-f", id]);
    },
  };
}

function writeBundle(bundle: string, root: string): void {
  mkdirSync(bundle);
  const { status, stderr } = spawnSync("runc", ["spec", "--bundle", bundle], { encoding: "utf8" });
  if (status !== 0) throw new BenchError(`runc spec failed: ${stderr}`);
  const file = join(bundle, "config.json");
  const config = JSON.parse(readFileSync(file, "utf8"));
  config.process.terminal = false;
  config.process.args = [COMMAND];
  config.root.path = root;
  writeFileSync(file, JSON.stringify(config));
}

const plain: Peer = {
  name: "/bin/true, no container",
  file: COMMAND,
  package: "coreutils",
  args: () => [],
};
