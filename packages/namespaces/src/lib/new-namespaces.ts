import { NamespaceError } from "./error.ts";
import { isMapped, validateIdMappings, type IdMapping } from "./id-map.ts";
import { cloneFlags, type NamespaceKind } from "./kinds.ts";
import { validateTimeOffsets, type TimeOffsets } from "./time-offsets.ts";

/** What a new mount namespace and the old one see of each other's later mounts. */
export type Propagation = "private" | "slave" | "shared" | "unchanged";

/** A set of new namespaces, and how the process in them finds them. */
export interface NewNamespaces {
  readonly namespaces: readonly NamespaceKind[];
  /** Offsets of the clocks; needs `time` among the namespaces. */
  readonly timeOffsets?: TimeOffsets | undefined;
  /** The host name inside; needs `uts`. */
  readonly hostname?: string | undefined;
  /** "private" unless given: no mount gets across. Needs `mount`. */
  readonly propagation?: Propagation | undefined;
  /** A `/proc` that shows the new PID namespace; done unless refused where `pid` and `mount` are new. */
  readonly mountProc?: boolean | undefined;
  /** The user of the command, as it is called inside; root where a user namespace is new. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** Supplementary groups of the command besides `gid`. */
  readonly groups?: readonly number[] | undefined;
  /** The working directory of the command; the caller's unless given. */
  readonly cwd?: string | undefined;
}

/** Both maps of a new user namespace. */
export interface UserMaps {
  readonly uidMappings: readonly IdMapping[];
  readonly gidMappings: readonly IdMapping[];
}

/** `__NEW_UTS_LEN` of the kernel: uname(2). */
const MAX_HOSTNAME_BYTES = 64;

/**
 * Refuses what makes no sense together, before anything is done: throws `NamespaceError`
 * (`X_NAMESPACE_INVALID`) with the `field`.
 */
export function validateNewNamespaces(wanted: NewNamespaces, maps: UserMaps | undefined): void {
  const { namespaces, timeOffsets, hostname, propagation, mountProc, cwd } = wanted;
  cloneFlags(namespaces);
  const needs = (field: string, value: unknown, ...kinds: NamespaceKind[]): void => {
    const missing = kinds.filter((kind) => !namespaces.includes(kind));
    if (value === undefined || value === false || missing.length === 0) return;
    fail(field, `makes sense with a new ${missing.join(" and ")} namespace alone`);
  };
  needs("timeOffsets", timeOffsets, "time");
  needs("hostname", hostname, "uts");
  needs("propagation", propagation, "mount");
  needs("mountProc", mountProc, "pid", "mount");
  needs("uidMappings", maps, "user");
  if (timeOffsets !== undefined) validateTimeOffsets(timeOffsets);
  if (hostname !== undefined) validateHostname(hostname);
  if (cwd?.includes("\0") === true || cwd === "") fail("cwd", "not a path");
  if (maps !== undefined) validateMaps(wanted, maps);
}

/** Throws `NamespaceError` for a name that sethostname(2) would refuse, or cut at a NUL byte. */
function validateHostname(hostname: string, field = "hostname"): void {
  const bytes = Buffer.byteLength(hostname);
  if (bytes > MAX_HOSTNAME_BYTES) {
    fail(field, `${bytes} bytes, of which the kernel takes ${MAX_HOSTNAME_BYTES}`);
  }
  if (hostname.includes("\0")) fail(field, "a NUL byte would end it for the kernel");
}

function validateMaps({ uid, gid, groups = [] }: NewNamespaces, maps: UserMaps): void {
  validateIdMappings(maps.uidMappings, "uidMappings");
  validateIdMappings(maps.gidMappings, "gidMappings");
  if (uid !== undefined) mapped(maps.uidMappings, uid, "uid");
  if (gid !== undefined) mapped(maps.gidMappings, gid, "gid");
  groups.forEach((group, i) => mapped(maps.gidMappings, group, `groups[${i}]`));
}

function mapped(mappings: readonly IdMapping[], id: number, field: string): void {
  if (!isMapped(mappings, id)) fail(field, `${id} is not mapped to anybody outside`);
}

function fail(field: string, message: string): never {
  throw new NamespaceError("X_NAMESPACE_INVALID", message, { field });
}
