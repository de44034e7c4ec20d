import { AT_FDCWD, S_IFCHR, syscall } from "@x/syscall";
import { setAttribute } from "../lib/tree/attributes.ts";

/** Makes what overlay makes of a file that is deleted; anybody may. Source: mknod(2). */
export function whiteout(path: string): void {
  syscall("mknodat", AT_FDCWD, path, S_IFCHR, 0);
}

/** Sets an extended attribute, of a link itself. */
export function attribute(path: string, name: string, value: string): void {
  setAttribute(Buffer.from(path), name, Buffer.from(value));
}
