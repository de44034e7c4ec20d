import type { Limit } from "../units.ts";
import { parseDigits } from "./flat-keyed.ts";

/**
 * The numbers of a "nested keyed" file, `KEY SUB=VALUE SUB=VALUE`: `io.stat`, `cpu.pressure`,
 * `rdma.current`. What is no number (`max`, `ctrl=auto`) is left out. A key without values has an
 * empty record, also when the next key follows it on the same line, as `io.stat` of Linux 5.x
 * prints devices that have none. Source: Documentation/admin-guide/cgroup-v2.rst.
 */
export function parseNestedKeyed(text: string): Record<string, Record<string, number>> {
  const result: Record<string, Record<string, number>> = {};
  walk(text, result, numberAt);
  return result;
}

/** The same for a file of limits, which may be `max`: `io.max`, `rdma.max`. */
export function parseNestedLimits(text: string): Record<string, Record<string, Limit>> {
  const result: Record<string, Record<string, Limit>> = {};
  walk(text, result, limitAt);
  return result;
}

function walk<T>(
  text: string,
  result: Record<string, Record<string, T>>,
  valueAt: (text: string, from: number, to: number) => T | undefined,
): void {
  const end = text.length;
  let inner: Record<string, T> | undefined;
  for (let start = 0; start < end;) {
    // A word ends at a space or a line end; the sign within it tells keys from values.
    let sign = -1;
    let stop = start;
    for (; stop < end; stop++) {
      const code = text.charCodeAt(stop);
      if (code === 0x20 || code === 0x0a) break;
      if (code === 0x3d && sign === -1) sign = stop;
    }
    if (sign === -1) {
      if (stop > start) {
        inner = {};
        result[text.slice(start, stop)] = inner;
      }
    } else if (inner !== undefined) {
      const value = valueAt(text, sign + 1, stop);
      if (value !== undefined) inner[text.slice(start, sign)] = value;
    }
    start = stop + 1;
  }
}

function numberAt(text: string, from: number, to: number): number | undefined {
  const whole = parseDigits(text, from, to);
  if (whole !== undefined || from === to) return whole;
  // Shares of pressure files have two decimals.
  const decimal = Number(text.slice(from, to));
  return Number.isFinite(decimal) ? decimal : undefined;
}

function limitAt(text: string, from: number, to: number): Limit | undefined {
  return text.startsWith("max", from) && to - from === 3 ? "max" : numberAt(text, from, to);
}
