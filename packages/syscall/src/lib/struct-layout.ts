import type { FlagGroupName } from "./flag-group-name.ts";

/** One field of a struct: where it is and how wide, both in bytes, and the names of its values. */
export interface StructField {
  readonly offset: number;
  readonly bytes: 1 | 2 | 4 | 8;
  readonly flags?: FlagGroupName;
}

/** A struct of the kernel as it lies in memory: little endian, the same on x86-64 and arm64. */
export interface StructLayout {
  readonly name: string;
  readonly bytes: number;
  readonly fields: Readonly<Record<string, StructField>>;
}

type Width = StructField["bytes"];
type Row = readonly [name: string, bytes: Width, flags?: FlagGroupName];

/** Fields in a row, each aligned to its own width as the C compiler does; a number skips bytes. */
export function layout(name: string, rows: readonly (Row | number)[]): StructLayout {
  const fields: Record<string, StructField> = {};
  let end = 0;
  let widest = 1;
  for (const row of rows) {
    if (typeof row === "number") {
      end += row;
      continue;
    }
    const [field, bytes, flags] = row;
    const offset = Math.ceil(end / bytes) * bytes;
    fields[field] = flags === undefined ? { offset, bytes } : { offset, bytes, flags };
    end = offset + bytes;
    widest = Math.max(widest, bytes);
  }
  return { name, bytes: Math.ceil(end / widest) * widest, fields };
}
