import { archValue, type Arch, type FlagGroupName, type Parameter } from "@x/syscall";
import { internal } from "../value.ts";
import type { FieldValue, Load, Result, Struct, Text, Value } from "../value.ts";
import type { Assembler, Label, Register } from "./assembler.ts";
import type { Bss, Data } from "./segments.ts";

/** What turning values into registers and memory needs. */
export interface Target {
  readonly arch: Arch;
  readonly asm: Assembler;
  readonly data: Data;
  readonly bss: Bss;
  /** The slot of each result, at the start of the writable memory. */
  readonly results: ReadonlyMap<string, number>;
  /** The number of the channel's descriptor. */
  readonly channel: number | undefined;
  readonly routines: { readonly appendString: Label; readonly appendDecimal: Label };
}

/** Bytes a number takes in decimal at most: 2^64 has twenty digits. */
const DECIMAL_BYTES = 20;

/** Loads the arguments of a call into their registers. */
export function load(
  target: Target,
  args: readonly Value[],
  parameters: readonly Parameter[] = [],
): void {
  // Building takes registers, too: all of it comes before the first argument is in its place.
  const ready = args.map((arg) => build(target, arg));
  ready.forEach((arg, i) => put(target, argumentRegisters[i]!, arg, parameters[i]?.flags));
}

const argumentRegisters: readonly Register[] = ["a0", "a1", "a2", "a3", "a4", "a5"];

/** What has been put together in writable memory, at this offset. */
interface Built {
  readonly built: number;
}

/** Emits what puts structs and texts together whose numbers are known only at run time. */
function build(target: Target, value: Value): Value | Built {
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  if ("text" in value) return compose(target, value);
  if ("struct" in value && !isConstant(value)) return fill(target, value);
  return value;
}

/** Emits what loads a register with a value. */
function put(target: Target, to: Register, value: Value | Built, flags?: FlagGroupName): void {
  const { asm, data, bss, channel } = target;
  if (value === null) return asm.li(to, 0);
  if (typeof value === "number" || typeof value === "bigint") {
    return asm.li(to, constant(target, value, flags));
  }
  if (typeof value === "string") return asm.data(to, data.string(value));
  if (value instanceof Uint8Array) return asm.data(to, data.block(value));
  if ("result" in value || "load" in value) return read(target, to, value);
  if ("built" in value) return asm.bss(to, value.built);
  if ("struct" in value) return asm.data(to, data.block(encode(target, value)));
  if ("memory" in value) return asm.bss(to, bss.slot(value.memory, value.bytes));
  if ("strings" in value) return asm.data(to, pointers(target, value.strings));
  if ("byArch" in value) return asm.data(to, data.block(value.byArch[target.arch]));
  if ("channel" in value) return asm.li(to, channel ?? -1);
  if ("afterChannel" in value) {
    return asm.li(to, channel === undefined ? value.afterChannel : channel + 1);
  }
  throw new TypeError("a text is built before it is loaded");
}

/** Where the result of a step is kept. */
export function resultSlot({ results }: Target, name: string): number {
  return 8 * results.get(name)!;
}

/** The offset of a `char *[]` that ends with NULL. */
export function pointers(target: Target, list: readonly (string | Uint8Array)[]): number {
  const block = new DataView(new ArrayBuffer(8 * (list.length + 1)));
  list.forEach((one, i) => {
    const address = target.data.address(target.data.string(one));
    block.setBigUint64(8 * i, BigInt(address), true);
  });
  return target.data.block(new Uint8Array(block.buffer));
}

function read(target: Target, to: Register, value: Result | Load): void {
  const { asm, bss } = target;
  if ("result" in value) asm.load(to, "base", resultSlot(target, value.result), 8);
  else asm.load(to, "base", bss.slot(value.load, 8) + value.offset, value.bytes);
}

function constant(
  { arch }: Target,
  value: number | bigint,
  flags?: FlagGroupName,
): number | bigint {
  return flags === undefined ? value : archValue(flags, value, arch);
}

function isConstant({ fields }: Struct): boolean {
  return Object.values(fields).every(
    (value) =>
      typeof value !== "object" ||
      value instanceof Uint8Array ||
      "memory" in value ||
      "byArch" in value ||
      ("struct" in value && isConstant(value)),
  );
}

/** The bytes of a struct that holds nothing but constants and addresses. */
function encode(target: Target, { struct, fields }: Struct): Uint8Array {
  const block = new DataView(new ArrayBuffer(struct.bytes));
  for (const [name, value] of Object.entries(fields)) {
    const field = struct.fields[name]!;
    const number = BigInt.asUintN(64, fixed(target, value, field.flags));
    if (field.bytes === 8) block.setBigUint64(field.offset, number, true);
    else if (field.bytes === 4) block.setUint32(field.offset, Number(number & 0xffffffffn), true);
    else if (field.bytes === 2) block.setUint16(field.offset, Number(number & 0xffffn), true);
    else block.setUint8(field.offset, Number(number & 0xffn));
  }
  return new Uint8Array(block.buffer);
}

function fixed(target: Target, value: FieldValue, flags?: FlagGroupName): bigint {
  const { data, bss } = target;
  if (typeof value === "number" || typeof value === "bigint") {
    return BigInt(constant(target, value, flags));
  }
  if (typeof value === "string") return BigInt(data.address(data.string(value)));
  if (value instanceof Uint8Array) return BigInt(data.address(data.block(value)));
  if ("byArch" in value) return fixed(target, value.byArch[target.arch]);
  if ("memory" in value) return BigInt(bss.address(bss.slot(value.memory, value.bytes)));
  if ("struct" in value) return BigInt(data.address(data.block(encode(target, value))));
  throw new TypeError("a number that is known only at run time is no constant");
}

/** Writes a struct with run-time fields into writable memory. */
function fill(target: Target, { struct, fields }: Struct): Built {
  const { asm, bss } = target;
  const offset = bss.slot(internal(`struct ${bss.size()}`), struct.bytes);
  for (const [name, value] of Object.entries(fields)) {
    const field = struct.fields[name]!;
    put(target, "t0", build(target, value), field.flags);
    asm.store("t0", "base", offset + field.offset, field.bytes);
  }
  return { built: offset };
}

/** Writes a text into writable memory: `t0` runs along it. */
function compose(target: Target, { text }: Text): Built {
  const { asm, bss, data, routines } = target;
  const bytes = text.reduce(
    (sum, part) => sum + (typeof part === "string" ? Buffer.byteLength(part) : DECIMAL_BYTES),
    1,
  );
  const offset = bss.slot(internal(`text ${bss.size()}`), bytes);
  asm.bss("t0", offset);
  for (const part of text) {
    if (typeof part === "string") {
      asm.data("a1", data.string(part));
      asm.call(routines.appendString);
    } else {
      read(target, "t1", part);
      asm.call(routines.appendDecimal);
    }
  }
  return { built: offset };
}
