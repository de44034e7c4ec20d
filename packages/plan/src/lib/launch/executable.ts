import { fchmodSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import {
  AT_FDCWD,
  Descriptor,
  F_ADD_SEALS,
  F_SEAL_EXEC,
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  MFD_ALLOW_SEALING,
  MFD_CLOEXEC,
  MFD_EXEC,
  O_CLOEXEC,
  O_RDONLY,
  O_RDWR,
  O_TMPFILE,
  syscall,
  SyscallError,
} from "@x/syscall";

/** The name of the memfd, as `/proc/PID/exe` shows it. */
export const LAUNCHER_NAME = "x-launcher";

const SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
/** Nobody but the owner may read it, nobody may write it, everybody may run it. */
const MODE = 0o511;

/** Which way this kernel lets us run bytes; found out by trying, once. */
let way: "memfd" | "memfd without MFD_EXEC" | "file" = "memfd";

/**
 * A descriptor of an executable with these bytes that nobody can change: a sealed memfd, or, where
 * memfds may not be executed (`vm.memfd_noexec=2`), a file without a name.
 *
 * Throws a SyscallError. Source: memfd_create(2), fcntl(2) F_ADD_SEALS.
 */
export function executable(bytes: Uint8Array): Descriptor {
  for (;;) {
    if (way === "file") return unnamedFile(bytes);
    try {
      return sealedMemory(bytes, way === "memfd");
    } catch (error) {
      way = otherWay(error);
    }
  }
}

function otherWay(error: unknown): typeof way {
  if (error instanceof SyscallError && error.syscall === "memfd_create") {
    // MFD_EXEC came with 6.3; before that every memfd could be executed.
    if (error.code === "EINVAL" && way === "memfd") return "memfd without MFD_EXEC";
    if (error.code === "EACCES" || error.code === "ENOSYS") return "file";
  }
  throw error;
}

function sealedMemory(bytes: Uint8Array, explicit: boolean): Descriptor {
  const flags = MFD_CLOEXEC | MFD_ALLOW_SEALING | (explicit ? MFD_EXEC : 0);
  const memory = new Descriptor(syscall("memfd_create", LAUNCHER_NAME, flags));
  try {
    writeAll(memory.fd, bytes);
    fchmodSync(memory.fd, MODE);
    // F_SEAL_EXEC (6.3, as MFD_EXEC) keeps the mode from being changed, too.
    syscall("fcntl", memory.fd, F_ADD_SEALS, explicit ? SEALS | F_SEAL_EXEC : SEALS);
    return memory;
  } catch (error) {
    memory.close();
    throw error;
  }
}

/** A file that has no name from the start, so that nothing can be left behind: open(2) O_TMPFILE. */
export function unnamedFile(bytes: Uint8Array): Descriptor {
  const folder = process.env["XDG_RUNTIME_DIR"] ?? tmpdir();
  const written = new Descriptor(
    syscall("openat", AT_FDCWD, folder, O_TMPFILE | O_RDWR | O_CLOEXEC, MODE),
  );
  try {
    writeAll(written.fd, bytes);
    fchmodSync(written.fd, MODE);
    // execve(2) answers ETXTBSY while anybody could still write: only a reading end may stay.
    const path = `/proc/self/fd/${written.fd}`;
    return new Descriptor(syscall("openat", AT_FDCWD, path, O_RDONLY | O_CLOEXEC));
  } finally {
    written.close();
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
}
