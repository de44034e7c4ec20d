import * as fc from "fast-check";
import type { TarEntryType, TarHeader } from "../lib/tar/entry.ts";

const nothing = new Uint8Array(0);

/** Bytes that may stand in a name: all but NUL and the slash. */
const letter = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...Buffer.from("abcX_.-0 =%\n\u00e9", "utf8")) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 255 }).filter((byte) => byte !== 0x2f) },
);

const component = fc
  .oneof(
    { weight: 6, arbitrary: fc.array(letter, { minLength: 1, maxLength: 12 }) },
    { weight: 1, arbitrary: fc.array(letter, { minLength: 90, maxLength: 160 }) },
    { weight: 1, arbitrary: fc.array(letter, { minLength: 250, maxLength: 255 }) },
  )
  .map((bytes) => Buffer.from(bytes));

/** A name of an entry, as bytes, that ends in no slash. */
const tarName: fc.Arbitrary<Uint8Array> = fc
  .array(component, { minLength: 1, maxLength: 5 })
  .map((parts) => {
    const bytes: number[] = [];
    for (const part of parts) bytes.push(...(bytes.length > 0 ? [0x2f] : []), ...part);
    return Uint8Array.from(bytes);
  });

const id = fc.oneof(
  fc.integer({ min: 0, max: 70_000 }),
  fc.constantFrom(0o7777777, 0o10000000, 2 ** 31, 0xfffffffe),
);

/** What fits Linux fits the header. Of what does not, GNU tar knows nothing. */
const device = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(0xfffff, 0o7777777));

const time = fc.oneof(
  fc.bigInt({ min: -(2n ** 40n), max: 2n ** 33n }).map((seconds) => seconds * 1_000_000_000n),
  fc.bigInt({ min: -(2n ** 62n), max: 2n ** 63n }),
);

const xattrName = fc
  .string({ minLength: 1, maxLength: 20, unit: fc.constantFrom(..."ab.%=25D3é\n ") })
  .map((name) => `user.${Buffer.from(name).toString("latin1")}`);

const xattrs = fc
  .array(fc.tuple(xattrName, fc.uint8Array({ maxLength: 40 })), { maxLength: 3 })
  .map((pairs) => new Map(pairs));

/** A whole entry: any head that the writer can write, and content of that size. */
export const tarEntry: fc.Arbitrary<{ header: TarHeader; content: Uint8Array }> = fc
  .record({
    type: fc.constantFrom<TarEntryType>(
      "file",
      "file",
      "hardlink",
      "symlink",
      "character",
      "block",
      "directory",
      "fifo",
    ),
    name: tarName,
    target: tarName,
    mode: fc.integer({ min: 0, max: 0o7777 }),
    uid: id,
    gid: id,
    mtime: time,
    atime: fc.option(time, { nil: undefined }),
    major: device,
    minor: device,
    xattrs: fc.oneof(fc.constant(new Map<string, Uint8Array>()), xattrs),
    content: fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc.uint8Array({ minLength: 500, maxLength: 1100 }),
    ),
  })
  .map(({ type, name, target, major, minor, atime, content, ...rest }) => {
    const link = type === "hardlink" || type === "symlink";
    const isDevice = type === "character" || type === "block";
    const bytes = type === "file" ? content : nothing;
    const slashed = type === "directory" ? Uint8Array.from([...name, 0x2f]) : name;
    const header: TarHeader = {
      ...rest,
      type,
      name: slashed,
      linkName: link ? target : nothing,
      size: bytes.length,
      major: isDevice ? major : 0,
      minor: isDevice ? minor : 0,
      ...(atime === undefined ? undefined : { atime }),
    };
    return { header, content: bytes };
  });
