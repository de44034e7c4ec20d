import { CgroupError, type CgroupErrorCode } from "../error.ts";

/** What the kernel's refusals mean in a cgroup tree, and what to do about them. */
const meanings: Readonly<Record<string, readonly [CgroupErrorCode, string, string?]>> = {
  EACCES: ["X_CGROUP_PERMISSION", "permission denied"],
  EPERM: ["X_CGROUP_PERMISSION", "operation not permitted"],
  EROFS: [
    "X_CGROUP_PERMISSION",
    "it is mounted read-only",
    "Containers mostly see their own groups so; run this on the host, or in a container that may write them",
  ],
  ENOENT: ["X_CGROUP_GONE", "no such file or directory"],
  ENODEV: ["X_CGROUP_GONE", "the group is gone"],
  ESRCH: ["X_CGROUP_GONE", "no such process"],
  EEXIST: ["X_CGROUP_EXISTS", "it is there already"],
  EBUSY: ["X_CGROUP_BUSY", "device or resource busy"],
  ENOSPC: [
    "X_CGROUP_KERNEL",
    "no space left",
    "A v1 cpuset group needs cpus and mems before a process can join, and a tree may have cgroup.max.descendants",
  ],
  EOPNOTSUPP: [
    "X_CGROUP_UNSUPPORTED",
    "operation not supported",
    "The kernel has the file but not the feature, or the group is of a type (cgroup.type) that cannot do this",
  ],
  EINVAL: ["X_CGROUP_KERNEL", "invalid argument"],
  ERANGE: ["X_CGROUP_KERNEL", "out of range"],
};

/** What the kernel said, as an error for people: what was tried, on what, why, and what to do. */
export function kernelError(
  attempt: string,
  cause: unknown,
  field?: string,
  remedy?: string,
): CgroupError {
  const code = errnoOf(cause) ?? "unknown";
  const { errno = 0 } = cause as NodeJS.ErrnoException;
  const [kind, meaning, usual] = meanings[code] ?? ["X_CGROUP_KERNEL", (cause as Error).message];
  const hint = remedy ?? usual;
  return new CgroupError(kind, `${attempt}: ${meaning} (${code}, ${-errno})`, {
    cause,
    ...(field === undefined ? {} : { field }),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The name of an error of the kernel: `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOTSUP" ? "EOPNOTSUPP" : code; // one number, and Node knows the other name
}
