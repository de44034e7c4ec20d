import { archValue } from "./arch-value.ts";
import type { Arch } from "./arch.ts";
import type { StructField, StructLayout } from "./struct-layout.ts";
import { InvalidArgumentError } from "./syscall-argument.ts";

/**
 * A struct as the kernel of an architecture reads it; fields that are left out are 0. Without
 * `arch`, that of this process (x86-64 where there is none of ours). Negative numbers are two's
 * complement.
 *
 * @throws InvalidArgumentError for a field that the struct lacks, or a value that does not fit.
 */
export function pack(
  layout: StructLayout,
  values: Readonly<Record<string, number | bigint>>,
  options: { arch?: Arch } = {},
): Uint8Array {
  const { arch = process.arch === "arm64" ? "arm64" : "x64" } = options;
  const bytes = new Uint8Array(layout.bytes);
  const view = new DataView(bytes.buffer);
  for (const [name, value] of Object.entries(values)) {
    const field = fieldOf(layout, name);
    write(view, field, fieldBits(layout, name, field, value, arch));
  }
  return bytes;
}

/**
 * What a field of a struct holds, unsigned.
 *
 * @throws InvalidArgumentError for a field that the struct lacks.
 */
export function readField(layout: StructLayout, name: string, bytes: Uint8Array): bigint {
  const field = fieldOf(layout, name);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (field.bytes === 8) return view.getBigUint64(field.offset, true);
  if (field.bytes === 4) return BigInt(view.getUint32(field.offset, true));
  if (field.bytes === 2) return BigInt(view.getUint16(field.offset, true));
  return BigInt(view.getUint8(field.offset));
}

function fieldOf(layout: StructLayout, name: string): StructField {
  const field = Object.hasOwn(layout.fields, name) ? layout.fields[name] : undefined;
  if (field === undefined) {
    const known = Object.keys(layout.fields).join(", ");
    throw new InvalidArgumentError(layout.name, "field", name, `one of ${known}`);
  }
  return field;
}

function fieldBits(
  layout: StructLayout,
  name: string,
  field: StructField,
  value: number | bigint,
  arch: Arch,
): bigint {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError(layout.name, name, value, "an integer up to 2^53, or a bigint");
  }
  const width = BigInt(field.bytes) * 8n;
  const least = -(2n ** (width - 1n));
  const most = 2n ** width - 1n;
  if (value < least || value > most) {
    throw new InvalidArgumentError(layout.name, name, value, `from ${least} to ${most}`);
  }
  const { flags } = field;
  return BigInt(flags === undefined ? value : archValue(flags, value, arch));
}

function write(view: DataView, field: StructField, value: bigint): void {
  const { offset, bytes } = field;
  if (bytes === 8) view.setBigUint64(offset, BigInt.asUintN(64, value), true);
  else if (bytes === 4) view.setUint32(offset, Number(BigInt.asUintN(32, value)), true);
  else if (bytes === 2) view.setUint16(offset, Number(BigInt.asUintN(16, value)), true);
  else view.setUint8(offset, Number(BigInt.asUintN(8, value)));
}
