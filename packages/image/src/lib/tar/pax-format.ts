import { isUtf8 } from "node:buffer";

/** Key and value of a record, as bytes. */
export type PaxRecord = readonly [key: Uint8Array, value: Uint8Array];

/**
 * Records as they stand in an extended header, sorted by key. Names that are no UTF-8 are announced
 * as such. Source: POSIX pax, "pax Extended Header".
 */
export function formatPax(records: readonly PaxRecord[]): Uint8Array {
  const sorted = records.toSorted(([a], [b]) => Buffer.compare(a, b));
  const charset: PaxRecord = [Buffer.from("hdrcharset"), Buffer.from("BINARY")];
  const foreign = sorted.some(([key, value]) => isName(key) && !isUtf8(value));
  // It governs what follows it, so it goes first.
  return Buffer.concat((foreign ? [charset, ...sorted] : sorted).flatMap(formatRecord));
}

/** Nanoseconds since 1970 as seconds with as many decimals as it takes. */
export function formatTime(nanoseconds: bigint): string {
  const sign = nanoseconds < 0n ? "-" : "";
  const digits = (nanoseconds < 0n ? -nanoseconds : nanoseconds).toString().padStart(10, "0");
  const fraction = digits.slice(-9).replace(/0+$/, "");
  return `${sign}${digits.slice(0, -9)}${fraction === "" ? "" : `.${fraction}`}`;
}

function formatRecord([key, value]: PaxRecord): Uint8Array[] {
  // A space, an equals sign, a newline; and the length counts its own digits.
  const rest = key.length + value.length + 3;
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return [Buffer.from(`${length} `), key, Buffer.from("="), value, Buffer.from("\n")];
}

function isName(key: Uint8Array): boolean {
  return key.length <= 8 && Buffer.from(key).toString("latin1").endsWith("path");
}
