import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tarEntry } from "../../testing/tar-arbitrary.ts";
import { headOf, readWhole, tarOf } from "../../testing/tar-bytes.ts";
import { fields, fieldText } from "./field.ts";
import { tarHeader } from "./writer.ts";

describe("what the writer writes", () => {
  test("the reader reads, to the byte, in chunks of any size", () => {
    fc.assert(
      fc.property(
        fc.array(tarEntry, { maxLength: 5 }),
        fc.integer({ min: 1, max: 3000 }),
        (entries, chunkBytes) => {
          expect(readWhole(tarOf(entries), chunkBytes)).toEqual(entries);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("is one ustar block for a head that fits", () => {
    const head = headOf({ name: `${"d".repeat(150)}/${"f".repeat(100)}`, uid: 0o7777777 });
    const bytes = tarHeader(head);
    expect(bytes).toHaveLength(512);
    expect(fieldText(bytes, ...fields.magic)).toEqual(new Uint8Array(Buffer.from("ustar")));
  });

  test("sorts the records of an extended header", () => {
    const xattrs = new Map([
      ["user.b", Uint8Array.of(1)],
      ["user.a", Uint8Array.of(2)],
    ]);
    const text = Buffer.from(tarHeader(headOf({ name: "f", mtime: 1n, xattrs }))).toString(
      "latin1",
    );
    expect(text.slice(512, 620).split("\n").slice(0, 3)).toEqual([
      "25 SCHILY.xattr.user.a=\u0002",
      "25 SCHILY.xattr.user.b=\u0001",
      "21 mtime=0.000000001",
    ]);
  });

  test("has room for device numbers that Linux has not", () => {
    const header = headOf({ name: "n", type: "block", major: 0o10000000, minor: 0xffffffff });
    expect(readWhole(tarOf([{ header, content: new Uint8Array(0) }]))[0]!.header).toEqual(header);
  });

  test("announces names that are no UTF-8 where they stand in an extended header", () => {
    const name = Uint8Array.from([...Buffer.alloc(120, "n"), 0xff]);
    const bytes = tarHeader({ ...headOf({ name: "n" }), name });
    expect(Buffer.from(bytes).toString("latin1")).toContain("21 hdrcharset=BINARY\n");
  });

  test.each([
    ["an empty name", headOf({ name: "" })],
    ["a NUL in a name", headOf({ name: "a\0b" })],
    ["a symbolic link without target", headOf({ name: "l", type: "symlink" })],
    ["a directory with content", headOf({ name: "d", type: "directory", size: 1 })],
    ["an attribute without name", headOf({ name: "f", xattrs: new Map([["", Uint8Array.of()]]) })],
  ])("is not %s", (_, head) => {
    expect(() => tarHeader(head)).toThrow(expect.objectContaining({ code: "X_IMAGE_INVALID" }));
  });
});
