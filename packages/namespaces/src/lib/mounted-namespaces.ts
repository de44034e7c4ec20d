import { readFileSync } from "node:fs";
import { allKinds, namespaceKinds, type NamespaceKind } from "./kinds.ts";

/** A file on which a namespace is mounted. */
export interface MountedNamespace {
  readonly path: string;
  readonly kind: NamespaceKind;
  readonly inode: number;
}

/** The namespaces that are mounted in the calling thread's mount namespace. */
export function mountedNamespaces(): MountedNamespace[] {
  return parseMountedNamespaces(readFileSync("/proc/thread-self/mountinfo", "utf8"));
}

/** The mounts of nsfs in the text of a `mountinfo`. Source: proc_pid_mountinfo(5). */
export function parseMountedNamespaces(mountinfo: string): MountedNamespace[] {
  return mountinfo.split("\n").flatMap((line) => {
    const [mount, type] = line.split(" - ");
    if (type?.startsWith("nsfs ") !== true) return [];
    const [, , , root = "", place = ""] = mount?.split(" ") ?? [];
    const [, file, inode] = /^(\w+):\[(\d+)\]$/.exec(root) ?? [];
    const kind = allKinds.find((one) => namespaceKinds[one].file === file);
    return kind === undefined ? [] : [{ path: unescape(place), kind, inode: Number(inode) }];
  });
}

/** The kernel writes blanks, tabs, newlines and backslashes as three octal digits. */
function unescape(place: string): string {
  return place.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
