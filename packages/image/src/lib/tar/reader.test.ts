import { describe, expect, test } from "vitest";
import {
  archive,
  base256,
  blockOf,
  bodyOf,
  errorOf,
  headOf,
  octal,
  readWhole,
  recordOf,
  tarOf,
} from "../../testing/tar-bytes.ts";
import { tarEnd } from "./writer.ts";

const one = (...parts: Uint8Array[]) => readWhole(archive(...parts))[0]!.header;
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

describe("a number", () => {
  test.each([
    ["octal digits", octal(1234), 1234],
    ["twelve digits without an end", "777777777777", 8 ** 12 - 1],
    ["spaces in front and behind", "     2322 \0", 1234],
    ["a NUL where the field before ran over", "\u00000000002322", 1234],
    ["base 256", base256(2n ** 40n, 12), 2 ** 40],
    ["base 256 below zero", base256(-1234n, 12), -1234],
  ])("is read from %s", (_, mtime, seconds) => {
    expect(one(blockOf("f", "0", { mtime })).mtime).toBe(BigInt(seconds) * 1_000_000_000n);
  });

  test.each([
    ["letters", "0000000000a\0"],
    ["nothing but spaces", "            "],
    ["digits behind the end", "1234\u0000567    "],
    ["base 64", "-1234       "],
    ["a decimal digit", "00000000008\0"],
    ["a first byte of base 256 that means two things", Buffer.from([0x81, ...Array(11).fill(1)])],
  ])("is not %s", (_, mtime) => {
    expect(errorOf(archive(blockOf("f", "0", { mtime })))?.code).toBe("X_IMAGE_ARCHIVE");
  });
});

describe("a name", () => {
  test("goes on from ustar's prefix", () => {
    expect(text(one(blockOf("f", "0", { prefix: "a/b" })).name)).toBe("a/b/f");
  });

  test("has no prefix where GNU keeps times", () => {
    const block = blockOf("f", "0", { magic: "ustar ", version: " \0", prefix: "00000001234" });
    expect(text(one(block).name)).toBe("f");
  });

  test("is as long as GNU's `L` says, and a link's target as `K` says", () => {
    const name = "n".repeat(300);
    const target = "t".repeat(200);
    const parts = [bodyOf("K", `${target}\0`), bodyOf("L", `${name.slice(0, 250)}\0`)];
    const header = one(...parts, blockOf("cut", "2", { linkName: "cut" }));
    expect([text(header.name), text(header.linkName)]).toEqual([name.slice(0, 250), target]);
  });

  test("ends in a slash when a file of an old archive is a directory", () => {
    expect(one(blockOf("d/", "\0")).type).toBe("directory");
    expect(one(blockOf("d/", "0")).type).toBe("directory");
  });

  test("is not given twice, for tools disagree on which one counts", () => {
    const parts = [bodyOf("L", "one\0"), bodyOf("x", recordOf("path", "two"))];
    expect(errorOf(archive(...parts, blockOf("f", "0")))?.code).toBe("X_IMAGE_ARCHIVE");
    const twice = [bodyOf("x", recordOf("path", "one")), bodyOf("x", recordOf("path", "two"))];
    expect(errorOf(archive(...twice, blockOf("f", "0")))?.code).toBe("X_IMAGE_ARCHIVE");
  });

  test.each([
    ["an empty one", [blockOf("x", "0", { name: Buffer.alloc(100) })]],
    ["an empty path", [bodyOf("x", recordOf("path", "")), blockOf("f", "0")]],
    ["a NUL", [bodyOf("x", recordOf("path", "a\0b")), blockOf("f", "0")]],
    ["a link without target", [blockOf("l", "2")]],
  ])("is not %s", (_, parts) => {
    expect(errorOf(archive(...parts))?.code).toBe("X_IMAGE_ARCHIVE");
  });

  test("is shown without what a terminal would obey", () => {
    const bytes = archive(blockOf("a\u001b[2J", "?"));
    expect(errorOf(bytes)?.field).toBe("a\\u{1b}[2J");
  });
});

describe("an extended header", () => {
  const records = (...pairs: [string, string][]): Buffer =>
    bodyOf("x", pairs.map(([key, value]) => recordOf(key, value)).join(""));

  test("holds attributes to the byte", () => {
    const value = "\u0000\u0001=\n\u00ff";
    const header = one(records(["SCHILY.xattr.security.capability", value]), blockOf("f", "0"));
    expect([...header.xattrs]).toEqual([
      ["security.capability", new Uint8Array(Buffer.from(value, "latin1"))],
    ]);
  });

  test("holds attributes as libarchive writes them, unless they are there in the usual form", () => {
    const header = one(
      records(
        ["LIBARCHIVE.xattr.user.a%3Db", "AQI"],
        ["SCHILY.xattr.user.c", "3"],
        ["LIBARCHIVE.xattr.user.c", "NA"],
      ),
      blockOf("f", "0"),
    );
    expect([...header.xattrs]).toEqual([
      ["user.a=b", Uint8Array.of(1, 2)],
      ["user.c", Uint8Array.of(0x33)],
    ]);
  });

  test.each([
    ["1.5", 1_500_000_000n],
    ["-1.5", -1_500_000_000n],
    ["1.0000000019", 1_000_000_001n],
    ["-1.0000000019", -1_000_000_002n],
    ["12.", 12_000_000_000n],
  ])("holds the time %s in nanoseconds", (time, nanoseconds) => {
    const header = one(records(["mtime", time], ["atime", time]), blockOf("f", "0"));
    expect([header.mtime, header.atime]).toEqual([nanoseconds, nanoseconds]);
  });

  test("speaks for one entry, a global one for all that follow", () => {
    const read = readWhole(
      archive(
        bodyOf("g", recordOf("uid", "7") + recordOf("mtime", "5") + recordOf("comment", "c")),
        blockOf("a", "0"),
        records(["uid", "8"]),
        blockOf("b", "0"),
        blockOf("c", "0"),
      ),
    );
    expect(read.map(({ header }) => header.uid)).toEqual([7, 8, 7]);
    expect(read.map(({ header }) => header.mtime)).toEqual(Array(3).fill(5_000_000_000n));
  });

  test("gives the size that counts", () => {
    const parts = [records(["size", "3"]), blockOf("f", "0"), Buffer.alloc(512, "abc")];
    const [read] = readWhole(archive(...parts));
    expect(text(read!.content)).toBe("abc");
  });

  test.each([
    ["a record that is too long", "99 a=b\n"],
    ["a record without newline", "6 a=bc"],
    ["a record without key", "5 =b\n"],
    ["a record without equals sign", "5 ab\n"],
    ["zeros behind the records", "6 a=b\n\0\0"],
    ["a length with a sign", "+6 a=b\n"],
    ["a time that is none", recordOf("mtime", "1e3")],
    ["an owner that is none", recordOf("uid", "-1")],
    ["an owner that would mean `unchanged`", recordOf("uid", "4294967295")],
    ["an attribute without name", recordOf("SCHILY.xattr.", "1")],
    ["a NUL in an attribute's name", recordOf("SCHILY.xattr.user.\0", "1")],
    ["an attribute that is no base 64", recordOf("LIBARCHIVE.xattr.user.a", "***")],
  ])("is not made of %s", (_, body) => {
    const error = errorOf(archive(bodyOf("x", body), blockOf("f", "0")));
    expect(error?.code).toBe("X_IMAGE_ARCHIVE");
  });

  test("gives no names or sizes to all entries", () => {
    for (const key of ["path", "linkpath", "size", "SCHILY.xattr.user.a", "GNU.sparse.size"]) {
      const error = errorOf(archive(bodyOf("g", recordOf(key, "1")), blockOf("f", "0")));
      expect(error?.code).toBe("X_IMAGE_ARCHIVE");
    }
  });
});

describe("what tools disagree on is refused:", () => {
  test.each([
    ["a type that nobody knows", [blockOf("f", "?")]],
    ["a part of a file of several volumes", [blockOf("f", "M")]],
    ["a directory of an incremental dump", [blockOf("d/", "D")]],
    ["a directory with content", [blockOf("d/", "5", { size: octal(512) }), Buffer.alloc(512, 1)]],
    ["a symbolic link with content", [blockOf("l", "2", { linkName: "t", size: octal(1) })]],
    [
      "a hard link whose extended header gives it content",
      [bodyOf("x", recordOf("size", "1")), blockOf("l", "1", { linkName: "t" })],
    ],
    ["entries behind a block of zeros", [blockOf("a", "0"), Buffer.alloc(512), blockOf("b", "0")]],
    ["bytes behind the end", [blockOf("a", "0"), tarEnd, blockOf("b", "0")]],
    ["a size below zero", [blockOf("f", "0", { size: base256(-512n, 12) })]],
    ["a header that no entry follows", [bodyOf("x", recordOf("uid", "1"))]],
    ["a device number below zero", [blockOf("n", "3", { major: base256(-1n, 8) })]],
    ["a device number of more than 32 bits", [blockOf("n", "3", { minor: base256(2n ** 32n, 8) })]],
    [
      "such a device number in an extended header",
      [bodyOf("x", recordOf("SCHILY.devmajor", "4294967296")), blockOf("n", "4")],
    ],
  ])("%s", (_, parts) => {
    expect(errorOf(archive(...parts))?.code).toBe("X_IMAGE_ARCHIVE");
  });

  test("a checksum that does not fit", () => {
    const block = blockOf("f", "0");
    block[0] = 0x67;
    expect(errorOf(archive(block))?.code).toBe("X_IMAGE_ARCHIVE");
  });
});

test("checksums of signed bytes, of which some old archives are made, fit too", () => {
  const block = blockOf("\u00ff\u00fe", "0");
  const unsigned = parseInt(block.toString("latin1", 148, 154), 8);
  const high = [...block].filter((byte) => byte > 127).length;
  block.write(`${octal(unsigned - 256 * high, 6)}\0 `, 148, "latin1");
  expect(readWhole(archive(block))).toHaveLength(1);
});

test("hard links have no content, whatever size they give", () => {
  const parts = [blockOf("l", "1", { linkName: "t", size: octal(5000) }), blockOf("f", "0")];
  expect(readWhole(archive(...parts)).map(({ header }) => header.size)).toEqual([0, 0]);
});

test("a volume's label is no entry", () => {
  expect(readWhole(archive(blockOf("label", "V"), blockOf("f", "0")))).toHaveLength(1);
});

test("an archive ends with zeros, however many, or with its last entry, padded or not", () => {
  const entry = tarOf([{ header: headOf({ name: "f", size: 1 }), content: Uint8Array.of(1) }]);
  for (const bytes of [513, 700, 1024, 1536, 2048]) {
    expect(readWhole(entry.subarray(0, bytes))).toHaveLength(1);
  }
  expect(readWhole(Buffer.concat([entry, Buffer.alloc(100_001)]), 1000)).toHaveLength(1);
  expect(readWhole(Buffer.alloc(0))).toEqual([]);
});

test("an archive that is cut off anywhere else says so", () => {
  const bytes = Buffer.concat([
    bodyOf("x", recordOf("path", "long")),
    tarOf([{ header: headOf({ name: "f", size: 600 }), content: Buffer.alloc(600, 1) }]),
  ]);
  const whole = new Set([0, 4.5 * 512, 5 * 512, 6 * 512, 7 * 512]);
  for (let length = 0; length <= bytes.length; length += 256) {
    const cut = !whole.has(length) && length < 7 * 512;
    expect([length, errorOf(bytes.subarray(0, length))?.code]).toEqual([
      length,
      cut ? "X_IMAGE_ARCHIVE" : undefined,
    ]);
  }
});
