import { Descriptor, MFD_CLOEXEC, syscall, SyscallError } from "@x/syscall";

/** Whether files in memory can have `user.` attributes, as overlay in a user namespace needs: 6.6. */
export function memoryHasAttributes(): boolean {
  using file = new Descriptor(syscall("memfd_create", "attributes", MFD_CLOEXEC));
  try {
    syscall("fsetxattr", file.fd, "user.x", Buffer.from("y"), 1, 0);
    return true;
  } catch (error) {
    if (error instanceof SyscallError && error.code === "EOPNOTSUPP") return false;
    throw error;
  }
}
