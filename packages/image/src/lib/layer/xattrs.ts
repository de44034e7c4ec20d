import { syscall } from "@x/syscall";
import { malformed } from "../tar/fault.ts";
import { isErrno, kernelSaid } from "./kernel-said.ts";
import { isOwnXattr, writtenXattr } from "./xattr-policy.ts";
import type { Whiteouts } from "./xattr-policy.ts";

/** A file whose attributes are set: by a descriptor, or by a path that is none of the archive's. */
export type XattrPlace = number | Uint8Array;

/** What writing attributes needs to know. */
export interface XattrContext {
  readonly whiteouts: Whiteouts;
  /** Hears of each attribute that was not written though it should have been. */
  readonly onSkipped: (name: Uint8Array, reason: string) => void;
}

/** The access list that files made in a directory inherit. */
export const defaultAcl = "system.posix_acl_default";
const unknown = ["EOPNOTSUPP", "EPERM", "EINVAL"];
const list = Buffer.alloc(2 ** 16);
const scratch = Buffer.alloc(2 ** 16);

/**
 * Writes the extended attributes of an entry. One that the file system or the user may not have is
 * left out, and told. Throws `X_IMAGE_ARCHIVE`, `X_IMAGE_NO_SPACE`. Source: setxattr(2).
 */
export function writeXattrs(
  place: XattrPlace,
  xattrs: ReadonlyMap<string, Uint8Array>,
  entry: Uint8Array,
  { whiteouts, onSkipped }: XattrContext,
): void {
  for (const [name, value] of xattrs) {
    const written = writtenXattr(name, whiteouts);
    if (written === undefined) continue;
    if (written === "" || written.length > 255) {
      throw malformed(entry, "one of its attributes has no proper name");
    }
    try {
      setXattr(place, written, value);
    } catch (error) {
      if (!isErrno(error, ...unknown)) throw kernelSaid(`set its attribute ${name}`, entry, error);
      onSkipped(entry, `its attribute ${name} cannot be set here (${error.code})`);
    }
  }
}

/** Sets one attribute, as it is. Throws `SyscallError`. */
export function setXattr(place: XattrPlace, name: string, value: Uint8Array): void {
  const bytes = Buffer.from(`${name}\0`, "latin1");
  if (typeof place === "number") syscall("fsetxattr", place, bytes, value, value.length, 0);
  else syscall("lsetxattr", place, bytes, value, value.length, 0);
}

/** Removes the attributes that the archive's entry does not have, but for those of our own. */
export function removeOtherXattrs(place: XattrPlace, kept: ReadonlyMap<string, Uint8Array>): void {
  for (const name of xattrNames(place)) {
    if (isOwnXattr(name) || kept.has(name)) continue;
    removeXattr(place, name);
  }
}

/** Removes one attribute, if it is there and may be. */
export function removeXattr(place: XattrPlace, name: string): void {
  const bytes = Buffer.from(`${name}\0`, "latin1");
  try {
    if (typeof place === "number") syscall("fremovexattr", place, bytes);
    else syscall("lremovexattr", place, bytes);
  } catch (error) {
    if (!isErrno(error, "ENODATA", ...unknown)) throw error;
  }
}

/** The names of a file's attributes, bytes as latin1. Throws `SyscallError`. */
export function xattrNames(place: XattrPlace): string[] {
  let length = 0;
  try {
    length =
      typeof place === "number"
        ? syscall("flistxattr", place, list, list.length)
        : syscall("llistxattr", place, list, list.length);
  } catch (error) {
    if (!isErrno(error, "EOPNOTSUPP")) throw error;
  }
  return list.toString("latin1", 0, length).split("\0").slice(0, -1);
}

/** The value of an attribute; undefined when there is none. Throws `SyscallError`. */
export function getXattr(place: XattrPlace, name: string): Buffer | undefined {
  const bytes = Buffer.from(`${name}\0`, "latin1");
  try {
    const length =
      typeof place === "number"
        ? syscall("fgetxattr", place, bytes, scratch, scratch.length)
        : syscall("lgetxattr", place, bytes, scratch, scratch.length);
    return Buffer.from(scratch.subarray(0, length));
  } catch (error) {
    if (isErrno(error, "ENODATA", "EOPNOTSUPP", "EPERM")) return undefined;
    throw error;
  }
}

/** Whether new files in a directory get an access list from it. */
export function hasDefaultAcl(place: XattrPlace): boolean {
  return getXattr(place, defaultAcl) !== undefined;
}

/** Splits off the access list that new files would inherit, for it is set last. */
export function withoutDefaultAcl(xattrs: ReadonlyMap<string, Uint8Array>): {
  readonly now: ReadonlyMap<string, Uint8Array>;
  readonly later: Uint8Array | undefined;
} {
  const later = xattrs.get(defaultAcl);
  if (later === undefined) return { now: xattrs, later };
  const now = new Map(xattrs);
  now.delete(defaultAcl);
  return { now, later };
}
