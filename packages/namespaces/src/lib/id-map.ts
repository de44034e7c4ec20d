import { NamespaceError } from "./error.ts";

/** One line of a map: `size` ids from `containerID` on inside are those from `hostID` on outside. */
export interface IdMapping {
  /** The first id inside the user namespace. */
  readonly containerID: number;
  /** The first id outside, in the user namespace of the caller. */
  readonly hostID: number;
  /** How many ids. */
  readonly size: number;
}

/** The highest id there is: the one above it means "leave it alone" (setresuid(2)). */
const MAX_ID = 2 ** 32 - 2;
/** `UID_GID_MAP_MAX_EXTENTS` of the kernel, since Linux 4.15. */
const MAX_EXTENTS = 340;
/** A map is written at once, and one write takes less than a page: user_namespaces(7). */
const MAX_TEXT_BYTES = 4095;

/**
 * Refuses a map that the kernel would refuse, and says why: throws `NamespaceError`
 * (`X_NAMESPACE_INVALID`) with the path of what is wrong, such as `uidMappings[1].containerID`.
 * Whether the caller may use the host's ids is for the kernel to say. Source: user_namespaces(7).
 */
export function validateIdMappings(mappings: readonly IdMapping[], field = "uidMappings"): void {
  if (mappings.length === 0) fail(field, "a map needs one line at least");
  if (mappings.length > MAX_EXTENTS) {
    fail(`${field}[${MAX_EXTENTS}]`, `the kernel takes ${MAX_EXTENTS} lines at most`);
  }
  mappings.forEach((mapping, i) => checkLine(mapping, `${field}[${i}]`));
  mappings.forEach((mapping, i) => {
    for (const side of ["containerID", "hostID"] as const) {
      const other = mappings.findIndex((before, j) => j < i && overlap(mapping, before, side));
      if (other !== -1) fail(`${field}[${i}].${side}`, `overlaps with ${field}[${other}]`);
    }
  });
  const { length } = formatIdMap(mappings);
  if (length > MAX_TEXT_BYTES) {
    fail(field, `${length} bytes as text, of which the kernel takes ${MAX_TEXT_BYTES}`);
  }
}

/** A map as `/proc/PID/uid_map` takes it: a line of three numbers for each mapping. */
export function formatIdMap(mappings: readonly IdMapping[]): string {
  return mappings
    .map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}\n`)
    .join("");
}

/** The map in the text of a `/proc/PID/uid_map`. */
export function parseIdMap(text: string): IdMapping[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const [containerID = NaN, hostID = NaN, size = NaN] = line.trim().split(/\s+/).map(Number);
    return { containerID, hostID, size };
  });
}

/** Whether two maps say the same; the kernel keeps long ones sorted. */
export function sameIdMap(one: readonly IdMapping[], other: readonly IdMapping[]): boolean {
  return sorted(one) === sorted(other);
}

/** Whether an id inside means anybody outside. */
export function isMapped(mappings: readonly IdMapping[], id: number): boolean {
  return mappings.some(({ containerID, size }) => id >= containerID && id < containerID + size);
}

/** Who a process is in a new user namespace unless it asks for somebody: root, where there is one. */
export function firstId(mappings: readonly IdMapping[]): number {
  return Math.min(...mappings.map(({ containerID }) => containerID));
}

/** An id by itself: a user or a group inside. Throws like {@link validateIdMappings}. */
export function validateId(id: number, field: string): void {
  if (!Number.isInteger(id) || id < 0 || id > MAX_ID) {
    fail(field, `${id} is no id, which is an integer from 0 to ${MAX_ID}`);
  }
}

function checkLine(mapping: IdMapping, field: string): void {
  validateId(mapping.containerID, `${field}.containerID`);
  validateId(mapping.hostID, `${field}.hostID`);
  const { size } = mapping;
  if (!Number.isInteger(size) || size < 1) fail(`${field}.size`, `${size} is no number of ids`);
  for (const side of ["containerID", "hostID"] as const) {
    const last = mapping[side] + size - 1;
    if (last > MAX_ID) fail(`${field}.size`, `${side} would end with ${last}, above ${MAX_ID}`);
  }
}

function overlap(a: IdMapping, b: IdMapping, side: "containerID" | "hostID"): boolean {
  return a[side] < b[side] + b.size && b[side] < a[side] + a.size;
}

function sorted(mappings: readonly IdMapping[]): string {
  return formatIdMap(mappings.toSorted((a, b) => a.containerID - b.containerID));
}

function fail(field: string, message: string): never {
  throw new NamespaceError("X_NAMESPACE_INVALID", message, { field });
}
