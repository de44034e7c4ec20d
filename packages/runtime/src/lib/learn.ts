import { lstatSync, readlinkSync, statSync, type Stats } from "node:fs";
import { splitDevice } from "@x/syscall";
import { ETC, ETC_NETWORK, TOP_LEVEL, type DeviceNode, type Entry, type Facts } from "./facts.ts";
import { SandboxError } from "./error.ts";
import { coveredPaths } from "./plan/mask.ts";
import type { Root, Sandbox } from "./sandbox.ts";

/**
 * Looks at what a plan for `sandbox` must know of this machine. Throws `SandboxError` when the
 * root is no directory, a bind source is missing, or a device is none.
 */
export function learn(sandbox: Sandbox): Facts {
  for (const dir of directoriesOf(sandbox.root)) checkRoot(dir);
  const sources: Record<string, "file" | "directory"> = {};
  sandbox.mounts?.forEach((mount, i) => {
    if (mount.type === "bind") sources[mount.source] = sourceKind(mount.source, i);
  });
  const devices = (sandbox.devices ?? []).map(
    ({ source }, i) => [source, deviceNode(source, `devices[${i}].source`)] as const,
  );
  return {
    uid: process.geteuid?.() ?? 0,
    gid: process.getegid?.() ?? 0,
    topLevel: sandbox.root === "host" ? entries("/", TOP_LEVEL) : {},
    etc: sandbox.root === "host" ? entries("/etc/", [...ETC, ...ETC_NETWORK]) : {},
    sources,
    missing: missingPaths(),
    ...(devices.length === 0 ? {} : { devices: Object.fromEntries(devices) }),
  };
}

/** A file that is there whenever the whole of `/proc` or `/sys` is: `subset=pid`, proc(5). */
const witnesses: Readonly<Record<string, string>> = { proc: "/proc/version", sys: "/sys/kernel" };

/** Where `/proc` or `/sys` does not show what the kernel has, nothing counts as missing. */
function missingPaths(): string[] {
  const whole = Object.keys(witnesses).filter((at) => isThere(witnesses[at]!));
  return coveredPaths.filter((path) => whole.includes(path.split("/")[1]!) && !isThere(path));
}

/** What may not be looked at is there. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

function directoriesOf(root: Root): readonly string[] {
  if (root === "host") return [];
  if ("dir" in root) return [root.dir];
  const { lower, upper, work } = root;
  return [...lower, ...(upper === undefined ? [] : [upper]), ...(work === undefined ? [] : [work])];
}

function checkRoot(dir: string): void {
  const stat = statOf(dir);
  if (typeof stat === "string") throw new SandboxError("root", `cannot use ${dir}: ${stat}`);
  if (!stat.isDirectory()) throw new SandboxError("root", `${dir} is not a directory`);
}

function sourceKind(path: string, i: number): "file" | "directory" {
  const stat = statOf(path);
  if (typeof stat === "string") {
    throw new SandboxError(`mounts[${i}].source`, `cannot bind ${path}: ${stat}`);
  }
  return stat.isDirectory() ? "directory" : "file";
}

function deviceNode(path: string, field: string): DeviceNode {
  const stat = statOf(path);
  if (typeof stat === "string") throw new SandboxError(field, `cannot use ${path}: ${stat}`);
  if (!stat.isBlockDevice() && !stat.isCharacterDevice()) {
    throw new SandboxError(field, `${path} is no device node`);
  }
  const { uid, gid } = stat;
  const type = stat.isBlockDevice() ? "b" : "c";
  return { type, ...splitDevice(stat.rdev), mode: stat.mode & 0o777, uid, gid };
}

function statOf(path: string): Stats | string {
  try {
    return statSync(path);
  } catch (error) {
    const { code, errno } = error as NodeJS.ErrnoException;
    return `${reasons[code ?? ""] ?? "it cannot be looked at"} (${code}, ${-(errno ?? 0)})`;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or directory",
  EACCES: "you may not enter a directory on the way",
  ENOTDIR: "something on the way is no directory",
  ELOOP: "its symbolic links go round in circles",
};

function entries(base: string, names: readonly string[]): Record<string, Entry> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const entry = entryOf(base + name);
      return entry === undefined ? [] : [[name, entry]];
    }),
  );
}

function entryOf(path: string): Entry | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  // Of /etc, what a link leads to is what is needed; of /, the link itself.
  if (stat.isSymbolicLink() && !path.startsWith("/etc/")) return { link: readlinkSync(path) };
  const target = statSync(path, { throwIfNoEntry: false });
  if (target === undefined) return undefined;
  return target.isDirectory() ? "directory" : "file";
}
