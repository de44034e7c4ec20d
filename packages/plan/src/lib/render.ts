import {
  AT_FDCWD,
  signalName,
  splitDevice,
  symbolic,
  type FlagGroupName,
  type Parameter,
} from "@x/syscall";
import { INTERNAL, type FieldValue, type Struct, type Value } from "./value.ts";

/** Lists longer than this are cut: a command may have thousands of arguments. */
const MAX_LISTED = 12;
const MAX_SHOWN_BYTES = 80;

/** An argument as a person would write it, by what its parameter means. */
export function render(value: Value | FieldValue, parameter?: Partial<Parameter>): string {
  if (value === null) return "NULL";
  if (typeof value === "number" || typeof value === "bigint") return renderNumber(value, parameter);
  if (typeof value === "string") return quote(value);
  if (value instanceof Uint8Array) return renderBytes(value);
  if ("byArch" in value) return "{bytes for this CPU}";
  if ("channel" in value) return "channel";
  if ("afterChannel" in value) return "channel+1";
  if ("result" in value) return plain(value.result);
  if ("memory" in value) return `&${name(value.memory)}`;
  if ("load" in value) return `${name(value.load)}[${value.offset}]`;
  if ("strings" in value) return renderStrings(value.strings);
  if ("text" in value) {
    const parts = value.text.map((part) => (typeof part === "string" ? part : `{${render(part)}}`));
    return quote(parts.join(""));
  }
  return renderStruct(value);
}

/** A `char *[]`. */
export function renderStrings(list: readonly (string | Uint8Array)[]): string {
  const shown = list.slice(0, MAX_LISTED).map((one) => render(one));
  const rest = list.length - shown.length;
  return `[${shown.join(", ")}${rest > 0 ? `, … ${rest} more` : ""}]`;
}

function renderNumber(value: number | bigint, parameter?: Partial<Parameter>): string {
  if (parameter?.flags !== undefined) return symbolic(parameter.flags, value);
  switch (parameter?.type) {
    case "dirfd":
      return Number(value) === AT_FDCWD ? "AT_FDCWD" : String(value);
    case "mode":
      return `0${value.toString(8)}`;
    case "dev": {
      const { major, minor } = splitDevice(Number(value));
      return `makedev(${major}, ${minor})`;
    }
    case "signal":
      return signalName(Number(value)) ?? String(value);
    default:
      return String(value);
  }
}

function renderStruct({ struct, fields }: Struct): string {
  const shown = Object.entries(fields).map(([field, value]) => {
    const flags: FlagGroupName | undefined = struct.fields[field]?.flags;
    return `${field}=${render(value, flags === undefined ? {} : { flags })}`;
  });
  return `{${shown.join(", ")}}`;
}

function renderBytes(bytes: Uint8Array): string {
  const printable = bytes.every(
    (byte) => byte === 0x09 || byte === 0x0a || (byte >= 0x20 && byte < 0x7f),
  );
  if (printable) return quote(Buffer.from(bytes).toString("latin1"));
  const hex = Buffer.from(bytes.subarray(0, MAX_SHOWN_BYTES / 2)).toString("hex");
  return `0x${hex}${bytes.length > MAX_SHOWN_BYTES / 2 ? "…" : ""}`;
}

function quote(value: string): string {
  const cut = value.length > MAX_SHOWN_BYTES ? `${value.slice(0, MAX_SHOWN_BYTES)}…` : value;
  return JSON.stringify(cut);
}

/** Names are words; in an expression their blanks would mislead. */
function name(words: string): string {
  return plain(words).replaceAll(" ", "_");
}

/** Without the mark of the launcher's own names. */
export function plain(words: string): string {
  return words.startsWith(INTERNAL) ? words.slice(INTERNAL.length) : words;
}
