import { SandboxError } from "./error.ts";

/** The kernel's limit for one string, execve(2). */
const MAX_STRING_BYTES = 131_071;

/** A whole number within bounds, if it is given at all. */
export function checkBounds(
  value: number | undefined,
  low: number,
  high: number,
  field: string,
): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= low && value <= high)) return;
  fail(field, `${value} is not a whole number from ${low} to ${high}`);
}

/** A string that the kernel can take. */
export function checkString(value: string, field: string): void {
  if (typeof value !== "string") fail(field, "not a string");
  if (value.includes("\0")) fail(field, `${quote(value)} has a NUL byte inside`);
  if (Buffer.byteLength(value) > MAX_STRING_BYTES) {
    fail(
      field,
      `longer than the ${MAX_STRING_BYTES} bytes the kernel takes for one string (E2BIG)`,
    );
  }
}

/** The components of a path inside the container, without empty ones and `.`. */
export function pathInside(path: string, field: string): string[] {
  checkString(path, field);
  if (!path.startsWith("/")) fail(field, `${quote(path)} is not an absolute path`);
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) fail(field, `${quote(path)} climbs with ..`);
  return parts;
}

/** A value for a message, not all of it when it is long. */
export function quote(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

/** Refuses the description for the sake of one field. */
export function fail(field: string, message: string): never {
  throw new SandboxError(field, message);
}
