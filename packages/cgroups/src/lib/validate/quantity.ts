import { bytesOf, microsecondsOf, type Duration, type Limit, type Size } from "../units.ts";
import { invalid, show, type Check } from "./check.ts";

/** A whole number within bounds. */
export function whole(from: number, to: number): Check {
  return (value, field) => {
    const found = typeof value === "number" ? value : Number.NaN;
    if (Number.isInteger(found) && found >= from && found <= to) return;
    const hint = value === -1 ? all : undefined;
    throw invalid(field, `${show(value)} is not a whole number from ${from} to ${to}`, hint);
  };
}

/** A number within bounds with at most so many decimals. */
export function decimal(from: number, to: number, decimals: number): Check {
  return (value, field) => {
    const scaled = typeof value === "number" ? value * 10 ** decimals : Number.NaN;
    const exact = Math.abs(scaled - Math.round(scaled)) < 1e-6;
    if (exact && scaled >= from * 10 ** decimals && scaled <= to * 10 ** decimals) return;
    throw invalid(
      field,
      `${show(value)} is not a number from ${from} to ${to} with at most ${decimals} decimals`,
    );
  };
}

/** Bytes, or a number with its unit, from `from` on. */
export function size(from = 0): Check {
  return (value, field) => {
    const bytes = quantity(value, field, bytesOf, "bytes");
    if (bytes < from) throw invalid(field, `${show(value)} is less than ${from} bytes`);
  };
}

/** Microseconds, or a number with its unit, within bounds. */
export function duration(from: number, to: number = Number.MAX_SAFE_INTEGER): Check {
  return (value, field) => {
    const time = quantity(value, field, microsecondsOf, "microseconds");
    if (time >= from && time <= to) return;
    const bounds = to === Number.MAX_SAFE_INTEGER ? `from ${from} on` : `from ${from} to ${to}`;
    throw invalid(field, `${show(value)} is out of range: microseconds go ${bounds}`);
  };
}

/** The same, or no limit at all. */
export function orMax(check: Check): Check {
  return (value, field, machine) => {
    if (value !== "max") check(value, field, machine);
  };
}

/** Bytes of what has been checked already. */
export function bytes(value: Size | "max" | undefined, field: string): Limit | undefined {
  return value === undefined ? undefined : bytesOf(value, field);
}

/** Microseconds of what has been checked already. */
export function microseconds(
  value: Duration | "max" | undefined,
  field: string,
): Limit | undefined {
  return value === undefined ? undefined : microsecondsOf(value, field);
}

const all = 'No limit is "max" here; fromOci() translates the -1 of OCI';

function quantity<T>(
  value: unknown,
  field: string,
  measure: (value: T, field: string) => Limit,
  unit: string,
): number {
  const finite = typeof value === "string" || (Number.isFinite(value) && (value as number) >= 0);
  if (!finite) {
    const hint = value === -1 ? all : undefined;
    throw invalid(field, `${show(value)} is not a number of ${unit} from 0 on`, hint);
  }
  const result = measure(value as T, field);
  if (result === "max") throw invalid(field, `${show(value)} makes no sense here`);
  return result;
}
