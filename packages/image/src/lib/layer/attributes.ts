import { readFileSync } from "node:fs";
import { AT_SYMLINK_NOFOLLOW, syscall } from "@x/syscall";
import type { TarHeader } from "../tar/entry.ts";
import { isErrno } from "./kernel-said.ts";
import { changeMode } from "./change-mode.ts";
import { pathBytes } from "./entry-path.ts";
import type { LayerDirectory } from "./layer-directory.ts";
import { byName } from "./open-beneath.ts";
import type { Status } from "./status.ts";
import { overrideXattr } from "./xattr-policy.ts";
import { defaultAcl, removeXattr, setXattr, writeXattrs } from "./xattrs.ts";
import type { XattrContext } from "./xattrs.ts";

/** Owner, mode (12 bits) and times of a file. */
export type Attributes = Pick<TarHeader, "uid" | "gid" | "mode" | "mtime" | "atime">;

/** How files get their attributes, and what this process gives a file by itself. */
export interface AttributeContext extends XattrContext {
  /** `record`: owner and mode are written down beside a file that stays this user's. */
  readonly owners: "keep" | "record";
  readonly uid: number;
  readonly gid: number;
  readonly umask: number;
}

/** What this process gives new files. Source: proc_pid_status(5). */
export function processDefaults(): { uid: number; gid: number; umask: number } {
  const umask = /^Umask:\s*([0-7]+)$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1];
  return {
    uid: process.geteuid!(),
    gid: process.getegid!(),
    umask: umask === undefined ? 0o777 : parseInt(umask, 8),
  };
}

/** The mode to make a file with, and whether it is the one it is to have. */
export function creationMode(
  header: TarHeader,
  inherits: boolean,
  { owners, umask }: AttributeContext,
): { readonly mode: number; readonly final: boolean } {
  const final =
    !inherits &&
    owners === "keep" &&
    header.xattrs.size === 0 &&
    (header.mode & (0o7000 | umask)) === 0;
  return final ? { mode: header.mode, final } : { mode: 0o600, final };
}

/**
 * Gives a file that was just made and written its attributes, by its descriptor: the owner first,
 * for it takes set-user-ID and capabilities away; the mode late, for it may forbid the rest.
 * `inherits`: its directory gave it a group or an access list. Throws `SyscallError`, and what
 * `writeXattrs` throws.
 */
export function finishFile(
  fd: number,
  header: TarHeader,
  final: boolean,
  inherits: boolean,
  context: AttributeContext,
): void {
  const { uid, gid, mode } = header;
  const keep = context.owners === "keep";
  if (keep && (inherits || uid !== context.uid || gid !== context.gid)) {
    syscall("fchown", fd, uid, gid);
  }
  if (inherits) removeXattr(fd, accessAcl);
  if (header.xattrs.size > 0) writeXattrs(fd, header.xattrs, header.name, context);
  if (!keep) record(fd, header, header.name, context);
  if (!final) syscall("fchmod", fd, mode);
  syscall("utimensat", fd, null, timesOf(header), 0);
}

/** Gives a symbolic link, device or fifo that was just made its attributes; it is not followed. */
export function finishNode(
  parent: number,
  leaf: Uint8Array,
  header: TarHeader,
  inherits: boolean,
  context: AttributeContext,
): void {
  const { uid, gid } = header;
  if (context.owners === "keep" && (inherits || uid !== context.uid || gid !== context.gid)) {
    syscall("fchownat", parent, leaf, uid, gid, AT_SYMLINK_NOFOLLOW);
  }
  if (header.xattrs.size > 0) {
    writeXattrs(byName(parent, leaf), header.xattrs, header.name, context);
  }
  if (header.type !== "symlink") changeMode(parent, leaf, header.mode);
  syscall("utimensat", parent, leaf, timesOf(header), AT_SYMLINK_NOFOLLOW);
}

/** Gives a directory owner, mode and times, by a descriptor that can be read. */
export function finishDirectory(
  fd: number,
  node: LayerDirectory,
  attributes: Attributes,
  context: AttributeContext,
): void {
  const { uid, gid, mode } = attributes;
  const made = node.before === undefined;
  const chown = !made || node.inherits || uid !== context.uid || gid !== context.gid;
  const entry = pathBytes(node.path);
  if (context.owners === "record") record(fd, attributes, entry, context);
  else if (chown) syscall("fchown", fd, uid, gid);
  if (made && node.inherits) {
    for (const name of [accessAcl, defaultAcl]) removeXattr(fd, name);
  }
  if (node.acl !== undefined) writeXattrs(fd, new Map([[defaultAcl, node.acl]]), entry, context);
  if (chown || node.mode !== mode) syscall("fchmod", fd, mode);
  syscall("utimensat", fd, null, timesOf(attributes), 0);
}

/** Gives a directory of other layers back what it lost while others were put into it. */
export function restoreDirectory(fd: number, { mode }: LayerDirectory, before: Status): void {
  if ((before.mode & 0o7777) !== mode) syscall("fchmod", fd, before.mode & 0o7777);
  syscall("utimensat", fd, null, timesOf(before), 0);
}

/** Writes down what a file should be, as `containers/storage` does. */
function record(
  fd: number,
  { uid, gid, mode }: Attributes,
  entry: Uint8Array,
  { onSkipped }: AttributeContext,
): void {
  try {
    setXattr(fd, overrideXattr, Buffer.from(`${uid}:${gid}:0${mode.toString(8)}`));
  } catch (error) {
    if (!isErrno(error, "EOPNOTSUPP", "EPERM")) throw error;
    onSkipped(entry, `the file system cannot record its owner (${error.code})`);
  }
}

const accessAcl = "system.posix_acl_access";
const timespecs = Buffer.alloc(32);
const latest = 2n ** 62n;

/** Two `timespec`s for utimensat(2); the bytes are used again by the next call. */
export function timesOf({ mtime, atime = mtime }: Pick<Attributes, "mtime" | "atime">): Uint8Array {
  timespec(0, atime);
  timespec(16, mtime);
  return timespecs;
}

function timespec(offset: number, nanoseconds: bigint): void {
  let seconds = nanoseconds / 1_000_000_000n;
  let rest = Number(nanoseconds % 1_000_000_000n);
  if (rest < 0) {
    rest += 1_000_000_000;
    seconds--;
  }
  if (seconds > latest) seconds = latest;
  else if (seconds < -latest) seconds = -latest;
  timespecs.writeBigInt64LE(seconds, offset);
  timespecs.writeBigInt64LE(BigInt(rest), offset + 8);
}
