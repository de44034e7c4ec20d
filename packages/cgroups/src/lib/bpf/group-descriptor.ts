import {
  AT_FDCWD,
  CGROUP2_SUPER_MAGIC,
  Descriptor,
  layouts,
  O_CLOEXEC,
  O_DIRECTORY,
  readField,
  syscall,
  SyscallError,
} from "@x/syscall";
import { CgroupError } from "../error.ts";
import { kernelError } from "../group/kernel-error.ts";

/**
 * Opens the directory of a group.
 *
 * @throws CgroupError `X_CGROUP_GONE` when it is not there, `X_CGROUP_UNSUPPORTED` when it is no
 *   group of a v2 tree.
 */
export function openGroup(directory: string): Descriptor {
  const group = open(directory);
  const statfs = new Uint8Array(layouts.statfs.bytes);
  syscall("fstatfs", group.fd, statfs);
  if (readField(layouts.statfs, "type", statfs) === BigInt(CGROUP2_SUPER_MAGIC)) return group;
  group.close();
  throw new CgroupError(
    "X_CGROUP_UNSUPPORTED",
    `${directory} is no group of version 2, and takes no programs`,
    { field: "devices", hint: "A v1 group has the files devices.allow and devices.deny instead" },
  );
}

function open(directory: string): Descriptor {
  try {
    return new Descriptor(syscall("openat", AT_FDCWD, directory, O_DIRECTORY | O_CLOEXEC, 0));
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    throw kernelError(`the group ${directory} cannot be opened`, error);
  }
}
