import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { detect } from "../hierarchy/detect.ts";
import type { BlockDevice } from "../resources.ts";

/** For tests: the mount point of this machine's v2 tree; undefined when it has none. */
export const treeRoot: string | undefined = detect().all.find(
  ({ version }) => version === 2,
)?.mountpoint;

/** For tests: why nothing can be tried there, or not with this controller; undefined when it can. */
export function whyNot(controller?: string): string | undefined {
  if (treeRoot === undefined) return "this machine has no v2 tree";
  if (!writable(`${treeRoot}/cgroup.subtree_control`)) return "the v2 tree is not ours to write";
  if (existsSync(`${treeRoot}/cgroup.type`) && words(`${treeRoot}/cgroup.procs`).length > 0) {
    return "our part of the v2 tree has processes at its top";
  }
  const there =
    controller === undefined || words(`${treeRoot}/cgroup.controllers`).includes(controller);
  return there ? undefined : "not in the v2 tree of this machine";
}

/** For tests: a sentence, and why it is not tried. */
export function unless(reason: string | undefined, sentence: string): string {
  return reason === undefined ? sentence : `${sentence} (${reason})`;
}

/** For tests: a disk of this machine; undefined when it has none. */
export function firstDisk(): BlockDevice | undefined {
  const name = existsSync("/sys/block") ? readdirSync("/sys/block")[0] : undefined;
  if (name === undefined) return undefined;
  const [major, minor] = readFileSync(`/sys/block/${name}/dev`, "utf8").trim().split(":");
  return { major: Number(major), minor: Number(minor) };
}

/** For tests: what is in a list that the kernel separates with spaces or lines. */
export function words(file: string): string[] {
  return readFileSync(file, "utf8").split(/\s+/).filter(Boolean);
}

function writable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false; // that it is not is the answer
  }
}
