import * as fc from "fast-check";
import { fields } from "../lib/tar/field.ts";
import { tarEntry } from "./tar-arbitrary.ts";
import { archive, base256, blockOf, bodyOf, octal, recordOf, sealed, tarOf } from "./tar-bytes.ts";

const block = 512;

/** Values that a field of a header may be made to hold. */
const oddValue = fc.oneof(
  fc.constantFrom<string | Buffer>(
    "\0\0\0\0\0\0\0\0",
    "        ",
    "7777777\0",
    "77777777",
    "0000644 ",
    " 644 \0\0\0",
    "-1      ",
    "12x4567\0",
    base256(-1n, 8),
    base256(2n ** 31n, 8),
    base256(2n ** 33n, 8),
    base256(5n, 12),
    base256(-5n, 12),
    "00000001000\0",
    "00000000001 ",
    "ustar\0",
    "ustar ",
    "ustar  \0",
  ),
  fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
);

/** One thing done to an archive; some of them leave it as good as it was. */
type Mutation = (bytes: Buffer) => Buffer;

const place = fc.nat({ max: 40 });

const setField: fc.Arbitrary<Mutation> = fc
  .tuple(place, fc.constantFrom(...Object.values(fields)), oddValue, fc.boolean())
  .map(([at, [offset, length], value, seal]) => (bytes) => {
    const start = (at % (bytes.length / block)) * block;
    const head = bytes.subarray(start, start + block);
    const odd = typeof value === "string" ? Buffer.from(value, "latin1") : value;
    head.set(odd.subarray(0, length), offset);
    if (seal) sealed(head);
    return bytes;
  });

const setType: fc.Arbitrary<Mutation> = fc
  .tuple(place, fc.constantFrom(..."\u00000123456714567xgLKSVDMNAX "))
  .map(([at, letter]) => (bytes) => {
    const start = (at % (bytes.length / block)) * block;
    const head = bytes.subarray(start, start + block);
    head[fields.type[0]] = letter.charCodeAt(0);
    sealed(head);
    return bytes;
  });

const setByte: fc.Arbitrary<Mutation> = fc
  .tuple(place, fc.nat({ max: block - 1 }), fc.nat({ max: 255 }), fc.boolean())
  .map(([at, offset, value, seal]) => (bytes) => {
    const start = (at % (bytes.length / block)) * block;
    const head = bytes.subarray(start, start + block);
    head[offset] = value;
    if (seal) sealed(head);
    return bytes;
  });

const splice: fc.Arbitrary<Mutation> = fc
  .tuple(
    place,
    fc.nat({ max: 2 }),
    fc.oneof(
      fc.constant(Buffer.alloc(0)),
      fc.constant(Buffer.alloc(block)),
      fc.constant(blockOf("inserted", "0")),
      fc.constant(blockOf("d/", "\u0000", { magic: "\0\0\0\0\0\0", version: "\0\0" })),
      fc.constant(bodyOf("L", `${"l".repeat(150)}\0`)),
      fc.constant(bodyOf("K", `${"k".repeat(150)}\0`)),
      fc.constant(bodyOf("x", recordOf("path", "p".repeat(150)))),
      fc.constant(bodyOf("x", recordOf("size", "5"))),
      fc.constant(bodyOf("x", recordOf("uid", "77") + recordOf("mtime", "1.5"))),
      fc.constant(bodyOf("x", "11 path=bad\n")),
      fc.constant(bodyOf("g", recordOf("gid", "78"))),
      fc.constant(blockOf("s", "S", { size: octal(0), magic: "ustar ", version: " \0" })),
    ),
  )
  .map(([at, removed, inserted]) => (bytes) => {
    const start = (at % (bytes.length / block)) * block;
    return Buffer.concat([
      bytes.subarray(0, start),
      inserted,
      bytes.subarray(start + removed * block),
    ]);
  });

const cut: fc.Arbitrary<Mutation> = fc
  .nat({ max: 20 * block })
  .map((length) => (bytes) => bytes.subarray(0, 1 + (length % bytes.length)));

const whole = fc.array(tarEntry, { minLength: 1, maxLength: 4 }).map(tarOf);

/** A small archive in the old way: no PAX, names and numbers that fit. */
const plain = fc
  .array(fc.tuple(fc.constantFrom("a", "b/", "c/d", "e"), fc.constantFrom(..."0156\u0000")), {
    minLength: 1,
    maxLength: 4,
  })
  .map((entries) =>
    archive(
      ...entries.map(([name, type]) =>
        blockOf(name, type, type === "1" ? { linkName: "target" } : {}),
      ),
    ),
  );

/** A whole archive, and what some mutations made of it. */
export const mutatedTar: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.oneof(whole, plain),
    fc.array(fc.oneof(setField, setType, setByte, splice, splice, cut), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([bytes, mutations]) => {
    let result = Buffer.from(bytes);
    for (const mutate of mutations) {
      const blocks = Math.max(1, Math.ceil(result.length / block));
      result = Buffer.concat([result], blocks * block);
      result = Buffer.from(mutate(result));
    }
    return result;
  })
  // GNU tar does not take nothing for an empty archive; we do, as Go does.
  .filter((bytes) => bytes.length > 0);

/** A whole archive as our writer makes it. */
export const wholeTar: fc.Arbitrary<Buffer> = whole;
