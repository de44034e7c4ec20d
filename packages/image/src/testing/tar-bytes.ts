import { ImageError } from "../lib/error.ts";
import type { TarHeader } from "../lib/tar/entry.ts";
import { checksum, fields } from "../lib/tar/field.ts";
import type { TarLimits } from "../lib/tar/limits.ts";
import { TarParser } from "../lib/tar/reader.ts";
import { tarEnd, tarHeader, tarPadding } from "../lib/tar/writer.ts";

/** An entry as it was read, with its whole content. */
export interface WholeEntry {
  readonly header: TarHeader;
  readonly content: Uint8Array;
}

/** An archive of entries, as our writer makes it. */
export function tarOf(entries: readonly WholeEntry[]): Buffer {
  const parts = entries.flatMap(({ header, content }) => [
    tarHeader(header),
    content,
    tarPadding(content.length),
  ]);
  return Buffer.concat([...parts, tarEnd]);
}

/** Everything in an archive, read in chunks of some size. */
export function readWhole(
  bytes: Uint8Array,
  chunkBytes: number = bytes.length,
  limits: Partial<TarLimits> = {},
): WholeEntry[] {
  const parser = new TarParser(limits);
  const entries: { header: TarHeader; parts: Uint8Array[] }[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    for (const event of parser.push(bytes.subarray(at, at + chunkBytes))) {
      if (event.kind === "entry") entries.push({ header: event.header, parts: [] });
      if (event.kind === "data") entries.at(-1)!.parts.push(event.bytes);
    }
  }
  parser.end();
  return entries.map(({ header, parts }) => ({
    header,
    content: new Uint8Array(Buffer.concat(parts)),
  }));
}

/** A head with what a test does not care about filled in. */
export function headOf(head: Partial<Omit<TarHeader, "name">> & { name: string }): TarHeader {
  return {
    type: "file",
    linkName: new Uint8Array(0),
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: 0,
    mtime: 0n,
    major: 0,
    minor: 0,
    xattrs: new Map(),
    ...head,
    name: new Uint8Array(Buffer.from(head.name)),
  };
}

/** A ustar header block with some of its fields overwritten, its checksum right again. */
export function blockOf(
  name: string,
  type: string,
  overwrite: Partial<Record<keyof typeof fields, string | Uint8Array>> = {},
): Buffer {
  const block = Buffer.from(tarHeader(headOf({ name })));
  block[fields.type[0]] = type.charCodeAt(0);
  for (const [key, value] of Object.entries(overwrite)) {
    const bytes = typeof value === "string" ? Buffer.from(value, "latin1") : value;
    block.set(bytes, fields[key as keyof typeof fields][0]);
  }
  return sealed(block);
}

/** A block with the checksum that its bytes have. */
export function sealed(block: Buffer): Buffer {
  const digits = checksum(block, 0).toString(8).padStart(6, "0");
  block.write(`${digits}\0 `, fields.checksum[0], "latin1");
  return block;
}

/** A header of type `x`, `g`, `L` or `K` with its body. */
export function bodyOf(type: string, body: string | Uint8Array): Buffer {
  const bytes = Buffer.from(body as string, "latin1");
  const size = bytes.length.toString(8).padStart(11, "0");
  return Buffer.concat([blockOf("before", type, { size }), bytes, tarPadding(bytes.length)]);
}

/** A record of an extended header. */
export function recordOf(key: string, value: string): string {
  const rest = key.length + value.length + 3;
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length++;
  return `${length} ${key}=${value}\n`;
}

/** An archive of blocks as they are. */
export function archive(...parts: Uint8Array[]): Buffer {
  return Buffer.concat([...parts, tarEnd]);
}

/** A number as most header fields hold it. */
export function octal(value: number, digits = 11): string {
  return value.toString(8).padStart(digits, "0");
}

/** A number as GNU tar writes those that are too large for octal digits, or negative. */
export function base256(value: bigint, bytes: number): Buffer {
  const number = Buffer.alloc(bytes);
  let rest = BigInt.asUintN(bytes * 8, value);
  for (let at = bytes - 1; at >= 0; at--, rest >>= 8n) number[at] = Number(rest & 0xffn);
  number[0] = value < 0n ? 0xff : 0x80;
  return number;
}

/** What is wrong with an archive; undefined when it is read to its end. */
export function errorOf(
  bytes: Uint8Array,
  limits: Partial<TarLimits> = {},
): ImageError | undefined {
  try {
    readWhole(bytes, bytes.length, limits);
    return undefined;
  } catch (error) {
    if (error instanceof ImageError) return error;
    throw error;
  }
}
