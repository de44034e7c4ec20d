import type { Parameter } from "./parameter.ts";
import { credentials } from "./signatures/credentials.ts";
import { files } from "./signatures/files.ts";
import { mounts } from "./signatures/mounts.ts";
import { processes } from "./signatures/processes.ts";
import { resources } from "./signatures/resources.ts";
import { sockets } from "./signatures/sockets.ts";
import type { SyscallName } from "./syscall-number.ts";

/**
 * The parameters of every system call that has to do with containers, in the order and by the names
 * of its man page, section 2; where the C library's function differs from the system call
 * (`waitid`, `ppoll`, `rt_sigprocmask`), the system call's.
 */
export const signatures: { readonly [name in SyscallName]?: readonly Parameter[] } = {
  ...files,
  ...mounts,
  ...processes,
  ...credentials,
  ...resources,
  ...sockets,
};
