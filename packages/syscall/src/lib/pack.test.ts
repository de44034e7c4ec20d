import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MOUNT_ATTR_RDONLY } from "./constants/mount-attr.ts";
import { MS_PRIVATE } from "./constants/mount.ts";
import { CLONE_IO, CLONE_NEWNS } from "./constants/clone.ts";
import { O_DIRECTORY } from "./constants/open.ts";
import { layouts } from "./layouts.ts";
import { pack, readField } from "./pack.ts";
import { InvalidArgumentError } from "./syscall-argument.ts";

function openFlags(arch: "x64" | "arm64"): bigint {
  const how = pack(layouts.open_how, { flags: O_DIRECTORY }, { arch });
  return readField(layouts.open_how, "flags", how);
}

describe("a packed struct", () => {
  test("has each field in its place and zeroes elsewhere", () => {
    const bytes = pack(layouts.mount_attr, {
      attr_set: MOUNT_ATTR_RDONLY,
      propagation: MS_PRIVATE,
    });
    const words = new BigUint64Array(bytes.buffer);
    expect([...words]).toEqual([1n, 0n, 0x40000n, 0n]);
  });

  test("has the flags of the architecture it is for", () => {
    expect(openFlags("x64")).toBe(0o200000n);
    expect(openFlags("arm64")).toBe(0o40000n);
  });

  test("does not extend the sign of flags with bit 31 into the upper half", () => {
    const bytes = pack(layouts.clone_args, { flags: CLONE_IO | CLONE_NEWNS });
    expect(readField(layouts.clone_args, "flags", bytes)).toBe(0x8002_0000n);
  });

  test("holds negative numbers as two's complement", () => {
    const bytes = pack(layouts.pollfd, { fd: -1 });
    expect(readField(layouts.pollfd, "fd", bytes)).toBe(0xffff_ffffn);
  });

  test("gives back what was put into any field", () => {
    const fields = Object.values(layouts).flatMap((layout) =>
      Object.keys(layout.fields).map((name) => ({ layout, name })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.bigInt(0n, 2n ** 64n - 1n), (field, seed) => {
        const { layout, name } = field;
        const value = BigInt.asUintN((layout.fields[name]?.bytes ?? 0) * 8, seed);
        expect(readField(layout, name, pack(layout, { [name]: value }, { arch: "x64" }))).toBe(
          value,
        );
      }),
    );
  });

  test("refuses a field it lacks and a value that does not fit", () => {
    expect(() => pack(layouts.pollfd, { revent: 1 })).toThrow('pollfd: "field" must be one of fd,');
    expect(() => pack(layouts.pollfd, { toString: 1 })).toThrow(InvalidArgumentError);
    expect(() => pack(layouts.pollfd, { events: 0x10000 })).toThrow(InvalidArgumentError);
    expect(() => pack(layouts.iovec, { len: -(2n ** 64n) })).toThrow(InvalidArgumentError);
    expect(() => pack(layouts.iovec, { len: 0.5 })).toThrow(InvalidArgumentError);
  });
});

describe("the struct layouts", () => {
  test("have no fields that overlap or stick out", () => {
    for (const layout of Object.values(layouts)) {
      let end = 0;
      for (const [name, { offset, bytes }] of Object.entries(layout.fields)) {
        expect(offset, `${layout.name}.${name}`).toBeGreaterThanOrEqual(end);
        end = offset + bytes;
      }
      expect(end, layout.name).toBeLessThanOrEqual(layout.bytes);
    }
  });
});
