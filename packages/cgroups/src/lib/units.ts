import { CgroupError } from "./error.ts";

/** Bytes, or a number with its unit: `"256MiB"`, `"1.5GiB"`, `"500MB"` (10^6). */
export type Size = number | `${number}${SizeUnit}`;
/** Microseconds, or a number with its unit: `"50ms"`. */
export type Duration = number | `${number}${DurationUnit}`;
/** A whole number, or none at all. */
export type Limit = number | "max";

const sizes = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 1024,
  MiB: 1_048_576,
  GiB: 1_073_741_824,
  TiB: 1_099_511_627_776,
} as const;
const durations = { us: 1, ms: 1e3, s: 1e6 } as const;

type SizeUnit = keyof typeof sizes;
type DurationUnit = keyof typeof durations;

/** A size in bytes. Throws `CgroupError` with the field when it is none. */
export function bytesOf(size: Size | "max", field: string): Limit {
  return size === "max" ? size : measure(size, sizes, field, "bytes");
}

/** A duration in microseconds. Throws `CgroupError` with the field when it is none. */
export function microsecondsOf(duration: Duration | "max", field: string): Limit {
  return duration === "max" ? duration : measure(duration, durations, field, "microseconds");
}

/** Bytes as people say them: `32 MiB`, and `33000000 bytes` when it is no round number. */
export function sizeText(bytes: number): string {
  const unit = (["TiB", "GiB", "MiB", "KiB"] as const).find(
    (name) => bytes >= sizes[name] && (bytes / sizes[name]) % 0.25 === 0,
  );
  return unit === undefined ? `${bytes} bytes` : `${bytes / sizes[unit]} ${unit}`;
}

function measure(
  value: number | string,
  units: Readonly<Record<string, number>>,
  field: string,
  unit: string,
): number {
  const match = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(String(value));
  const factor = match?.[2] === "" ? 1 : units[match?.[2] ?? ""];
  if (match === null || factor === undefined) {
    const known = Object.keys(units).join(", ");
    throw new CgroupError(
      "X_CGROUP_INVALID",
      `${JSON.stringify(value)} is not a number of ${unit} from 0 on, nor one with a unit (${known}), nor "max"`,
      { field },
    );
  }
  const result = Number(match[1]) * factor;
  if (!Number.isSafeInteger(Math.round(result)) || (factor === 1 && !Number.isInteger(result))) {
    throw new CgroupError("X_CGROUP_INVALID", `${value} is no whole number of ${unit}`, { field });
  }
  return Math.round(result);
}
