import { archValue, type Arch, type FlagGroupName } from "@x/syscall";
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

/** A value that is ready to be loaded: what had to be put together before is in memory. */
type Operand = (to: Register) => void;

/** Bytes a number takes in decimal at most: 2^64 has twenty digits. */
const DECIMAL_BYTES = 20;

/**
 * Emits what must happen before the arguments are loaded (structs and texts with numbers that are
 * known only now), and returns how to load the value itself.
 */
function operand(target: Target, value: Value, flags?: FlagGroupName): Operand {
  const { asm, data, bss } = target;
  if (value === null) return (to) => asm.li(to, 0n);
  if (typeof value === "number" || typeof value === "bigint") {
    const number = constant(target, value, flags);
    return (to) => asm.li(to, number);
  }
  if (typeof value === "string") return at(asm, data.string(value));
  if (value instanceof Uint8Array) return at(asm, data.block(value));
  if ("byArch" in value) return at(asm, data.block(value.byArch[target.arch]));
  if ("channel" in value) return (to) => asm.li(to, BigInt(target.channel ?? -1));
  if ("afterChannel" in value) {
    const first = target.channel === undefined ? value.afterChannel : target.channel + 1;
    return (to) => asm.li(to, BigInt(first));
  }
  if ("result" in value || "load" in value) return (to) => read(target, to, value);
  if ("memory" in value) {
    const offset = bss.slot(value.memory, value.bytes);
    return (to) => asm.bss(to, offset);
  }
  if ("strings" in value) return at(asm, pointers(target, value.strings));
  if ("text" in value) return compose(target, value);
  if (isConstant(value)) return at(asm, data.block(encode(target, value)));
  return fill(target, value);
}

/** Loads the arguments of a call into their registers. */
export function load(
  target: Target,
  args: readonly Value[],
  flags: (i: number) => FlagGroupName | undefined = () => undefined,
): void {
  const operands = args.map((arg, i) => operand(target, arg, flags(i)));
  operands.forEach((one, i) => one(`a${i as 0 | 1 | 2 | 3 | 4 | 5}`));
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

function at(asm: Assembler, offset: number): Operand {
  return (to) => asm.data(to, offset);
}

function read(target: Target, to: Register, value: Result | Load): void {
  const { asm, bss } = target;
  if ("result" in value) asm.load(to, "base", resultSlot(target, value.result), 8);
  else asm.load(to, "base", bss.slot(value.load, 8) + value.offset, value.bytes);
}

function constant({ arch }: Target, value: number | bigint, flags?: FlagGroupName): bigint {
  return BigInt(flags === undefined ? value : archValue(flags, value, arch));
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
  if (typeof value === "number" || typeof value === "bigint") return constant(target, value, flags);
  if (typeof value === "string") return BigInt(data.address(data.string(value)));
  if (value instanceof Uint8Array) return BigInt(data.address(data.block(value)));
  if ("byArch" in value) return fixed(target, value.byArch[target.arch]);
  if ("memory" in value) return BigInt(bss.address(bss.slot(value.memory, value.bytes)));
  if ("struct" in value) return BigInt(data.address(data.block(encode(target, value))));
  throw new TypeError("a number that is known only at run time is no constant");
}

/** Writes a struct with run-time fields into writable memory. */
function fill(target: Target, { struct, fields }: Struct): Operand {
  const { asm, bss } = target;
  const offset = bss.slot(internal(`struct ${bss.size()}`), struct.bytes);
  for (const [name, value] of Object.entries(fields)) {
    const field = struct.fields[name]!;
    operand(target, value, field.flags)("t0");
    asm.store("t0", "base", offset + field.offset, field.bytes);
  }
  return (to) => asm.bss(to, offset);
}

/** Writes a text into writable memory: `t0` runs along it. */
function compose(target: Target, { text }: Text): Operand {
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
  return (to) => asm.bss(to, offset);
}
