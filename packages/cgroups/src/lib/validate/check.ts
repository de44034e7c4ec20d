import { CgroupError } from "../error.ts";
import type { Machine } from "../machine.ts";
import { nearest } from "./nearest.ts";

/** Throws `CgroupError` `X_CGROUP_INVALID` with the field unless the value may stand there. */
export type Check = (value: unknown, field: string, machine: Machine) => void;

/** An object with these fields and no others; all may be missing but those in `required`. */
export function object<T>(
  fields: { readonly [K in keyof Required<T>]: Check },
  required: readonly (keyof T & string)[] = [],
): Check {
  const checks = new Map<string, Check>(Object.entries(fields));
  return (value, field, machine) => {
    const given = entriesOf(value, field);
    for (const [key, one] of given) {
      const check = checks.get(key);
      if (check === undefined) throw unknown(key, field, [...checks.keys()]);
      if (one !== undefined) check(one, within(field, key), machine);
    }
    for (const key of required) {
      if (!given.some(([name, one]) => name === key && one !== undefined)) {
        throw invalid(within(field, key), "missing");
      }
    }
  };
}

/** An object whose keys are names of something. */
export function recordOf(key: Check, check: Check): Check {
  return (value, field, machine) => {
    for (const [name, one] of entriesOf(value, field)) {
      key(name, within(field, name), machine);
      if (one !== undefined) check(one, within(field, name), machine);
    }
  };
}

/** An array; `identity` says which elements are about the same thing, of which one may be there. */
export function listOf<T>(check: Check, identity?: (element: T) => string | undefined): Check {
  return (value, field, machine) => {
    if (!Array.isArray(value)) throw invalid(field, `${show(value)} is not an array`);
    const seen = new Map<string, number>();
    for (const [index, element] of value.entries()) {
      check(element, `${field}[${index}]`, machine);
      const same = identity?.(element as T);
      if (same === undefined) continue;
      const before = seen.get(same);
      if (before !== undefined) {
        throw invalid(`${field}[${index}]`, `${same} is there already, in ${field}[${before}]`);
      }
      seen.set(same, index);
    }
  };
}

/** One check after the other. */
export function every(...checks: readonly Check[]): Check {
  return (value, field, machine) => {
    for (const check of checks) check(value, field, machine);
  };
}

/** One of these values. */
export function oneOf(...values: readonly (string | number | boolean)[]): Check {
  return (value, field) => {
    if (values.some((one) => one === value)) return;
    throw invalid(field, `${show(value)} is none of ${values.map(show).join(", ")}`);
  };
}

/** A text that fits a pattern; `noun` completes "is not". */
export function text(pattern: RegExp, noun: string): Check {
  return (value, field) => {
    if (typeof value === "string" && pattern.test(value)) return;
    throw invalid(field, `${show(value)} is not ${noun}`);
  };
}

/** The error of every check. */
export function invalid(field: string, message: string, hint?: string): CgroupError {
  return new CgroupError("X_CGROUP_INVALID", message, {
    ...(field === "" ? {} : { field }),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Any value in an error message, cut to a length one can read. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const whole = typeof value === "string" ? JSON.stringify(value) : String(value);
  return whole.length > 60 ? `${whole.slice(0, 60)}…` : whole;
}

function within(field: string, key: string): string {
  if (!/^\w+$/.test(key)) return `${field}[${show(key)}]`;
  return field === "" ? key : `${field}.${key}`;
}

function entriesOf(value: unknown, field: string): [string, unknown][] {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.entries(value);
  }
  throw invalid(field, `${show(value)} is not an object`);
}

function unknown(key: string, field: string, known: readonly string[]): CgroupError {
  const meant = nearest(key, known);
  const remedy = meant === undefined ? `there are ${known.join(", ")}` : `did you mean ${meant}?`;
  return invalid(within(field, key), `no such limit; ${remedy}`);
}
