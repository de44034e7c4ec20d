import { invalid, show } from "./check.ts";

/**
 * Refuses a name that cannot be, or had better not be, a group's: `X_CGROUP_INVALID` with the field.
 * Names are what container runtimes take for ids (letters, digits, `_ + - . : @`, and the `\` that
 * systemd escapes with), so none leads elsewhere or can be taken for a file of the kernel.
 */
export function validateName(name: string, field = "name"): void {
  if (typeof name !== "string") throw invalid(field, `${show(name)} is not a string`);
  const reason = whyNot(name);
  if (reason !== undefined) throw invalid(field, `${show(name)} ${reason}`, allowed);
}

/**
 * Refuses what is no absolute path of a group as seen from the root of a hierarchy, `/a/b`, each
 * part a valid name; `/` itself is the root group. Throws `X_CGROUP_INVALID` with the field.
 */
export function validatePath(path: string, field = "path"): void {
  if (typeof path !== "string") throw invalid(field, `${show(path)} is not a string`);
  if (!path.startsWith("/")) throw invalid(field, `${show(path)} does not start with /`, pathHint);
  if (path === "/") return;
  if (Buffer.byteLength(path) > longestPath) {
    throw invalid(field, `${show(path)} is longer than ${longestPath} bytes`);
  }
  for (const part of path.slice(1).split("/")) {
    const reason = whyNot(part);
    if (reason === undefined) continue;
    throw invalid(field, `${show(path)} has a part that ${reason}: ${show(part)}`, allowed);
  }
}

/** NAME_MAX, limits.h. */
const longestName = 255;
/** PATH_MAX less the mount point and the file in the group. */
const longestPath = 3840;

const allowed =
  "A name has 1 to 255 of the characters A-Z a-z 0-9 _ + - . : @ \\ and starts with a letter, a digit, _, + or -";
const pathHint = "Groups are named from the root of the hierarchy on: /a/b";

/** The kernel makes files of these names in a group's directory, more of them in every version. */
const kernelPrefix =
  /^(?:cgroup|cpu|cpuacct|cpuset|memory|io|blkio|devices|net_cls|net_prio|freezer|pids|hugetlb|perf_event|rdma|misc|dmem|irq|debug)\./;
const kernelFiles: readonly string[] = ["tasks", "notify_on_release", "release_agent"];

function whyNot(name: string): string | undefined {
  if (name === "") return "is empty";
  if (name === "." || name === "..") return "is a directory's own name or the one above";
  if (name.includes("/")) return "has a / inside";
  // oxlint-disable-next-line no-control-regex -- these are what it looks for
  if (/[\0-\x1f\x7f]/.test(name)) return "has a control character inside";
  if (name !== name.trim()) return "starts or ends with a space";
  if (Buffer.byteLength(name) > longestName) return `is longer than ${longestName} bytes`;
  if (kernelPrefix.test(name) || kernelFiles.includes(name)) {
    return "is like the name of a file that the kernel makes there";
  }
  if (/^[^\w+-]/.test(name)) return `starts with ${show(name[0])}`;
  const other = /[^\w+.:@\\-]/u.exec(name)?.[0];
  return other === undefined ? undefined : `has ${show(other)} inside`;
}
