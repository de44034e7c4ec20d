import { describe, expect, test } from "vitest";
import {
  archive,
  base256,
  blockOf,
  bodyOf,
  errorOf,
  headOf,
  octal,
  recordOf,
} from "../../testing/tar-bytes.ts";
import type { TarLimits } from "./limits.ts";
import { tarHeader } from "./writer.ts";

describe("a limit holds for", () => {
  const long = (length: number): Buffer => bodyOf("x", recordOf("path", "n".repeat(length)));
  const xattr = (name: string, bytes: number): string =>
    recordOf(`SCHILY.xattr.${name}`, "v".repeat(bytes));
  const file = blockOf("f", "0");
  const bomb = blockOf("x", "x", { size: octal(2 ** 30) });

  test.each<[string, Partial<TarLimits>, Uint8Array[]]>([
    ["entries", { entries: 2 }, [file, file, file]],
    ["bytes of one file", { bytes: 1000 }, [blockOf("f", "0", { size: octal(1001) })]],
    ["8 EiB", {}, [blockOf("f", "0", { size: base256(2n ** 63n - 1n, 12) })]],
    ["bytes in an extended header", {}, [bodyOf("x", recordOf("size", "9007199254740991")), file]],
    [
      "bytes of all files",
      { bytes: 1000 },
      [
        tarHeader(headOf({ name: "a", size: 600 })),
        Buffer.alloc(1024),
        tarHeader(headOf({ name: "b", size: 600 })),
        Buffer.alloc(1024),
      ],
    ],
    ["names", {}, [long(4097), file]],
    ["parts of names", {}, [long(256), file]],
    ["the targets of links", {}, [bodyOf("K", `${"t".repeat(4097)}\0`), blockOf("l", "2")]],
    ["depth", {}, [bodyOf("x", recordOf("path", "d/".repeat(1025))), file]],
    ["an extended header of 1 GiB, by its announced size", {}, [bomb]],
    [
      "a long name of 1 GiB, by its announced size",
      {},
      [blockOf("x", "L", { size: octal(2 ** 30) })],
    ],
    [
      "attributes' bytes in all",
      {},
      [bodyOf("x", xattr("user.a", 2 ** 15) + xattr("user.b", 2 ** 15)), file],
    ],
    ["attributes' names", {}, [bodyOf("x", xattr("u".repeat(256), 1)), file]],
    ["attributes", { xattrs: 1 }, [bodyOf("x", xattr("user.a", 1) + xattr("user.b", 1)), file]],
  ])("%s", (_, limits, parts) => {
    expect(errorOf(archive(...parts), limits)?.code).toBe("X_IMAGE_LIMIT");
  });

  test("nothing that is just within it", () => {
    const parts = [long(255), file, bodyOf("x", recordOf("path", "d/".repeat(1024))), file];
    expect(errorOf(archive(...parts), { entries: 2 })).toBeUndefined();
  });
});
