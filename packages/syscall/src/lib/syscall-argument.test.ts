import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ParameterType } from "./parameter.ts";
import { checkArgument, InvalidArgumentError } from "./syscall-argument.ts";
import type { SyscallArgument } from "./syscall-argument.ts";

const check = (type: ParameterType, value: SyscallArgument): void =>
  checkArgument("call", { name: "arg", type }, value);

describe("an argument of a system call", () => {
  test("that its parameter can hold is accepted", () => {
    const held = fc.oneof(
      fc.record({ type: fc.constant("int" as const), value: fc.integer() }),
      fc.record({ type: fc.constant("uint" as const), value: fc.nat(0xffff_ffff) }),
      fc.record({
        type: fc.constant("size" as const),
        value: fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n),
      }),
      fc.record({ type: fc.constant("pointer" as const), value: fc.maxSafeInteger() }),
    );
    fc.assert(
      fc.property(held, ({ type, value }) => {
        expect(() => check(type, value)).not.toThrow();
      }),
    );
  });

  test("that its parameter would truncate is refused", () => {
    const narrow: ParameterType[] = [
      "fd",
      "dirfd",
      "int",
      "pid",
      "uint",
      "mode",
      "uid",
      "gid",
      "dev",
    ];
    const wide = fc.oneof(
      fc.bigInt(2n ** 32n, 2n ** 64n - 1n),
      fc.bigInt(-(2n ** 63n), -(2n ** 31n) - 1n),
      fc.integer({ min: 2 ** 32, max: Number.MAX_SAFE_INTEGER }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...narrow), wide, (type, value) => {
        expect(() => check(type, value)).toThrow(InvalidArgumentError);
      }),
    );
    expect(() => check("size", 2n ** 64n)).toThrow(InvalidArgumentError);
  });

  test("that is no integer is refused", () => {
    for (const value of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => check("size", value)).toThrow(InvalidArgumentError);
    }
    expect(() => check("size", true as unknown as number)).toThrow("not true");
    expect(() => check("size", undefined as unknown as number)).toThrow("not undefined");
  });

  test("leaves an id as it is with -1, and only with that", () => {
    check("uid", -1);
    expect(() => check("uid", -2)).toThrow(InvalidArgumentError);
  });

  test("may be the negative number that bit 31 makes of flags", () => {
    const parameter = { name: "flags", type: "uint", flags: "clone" } as const;
    expect(() => checkArgument("unshare", parameter, -0x7fff_ffff)).not.toThrow();
    expect(() => checkArgument("unshare", parameter, -0x8000_0001)).toThrow(InvalidArgumentError);
  });

  test("that is text has no NUL, and bytes that stand for text have one", () => {
    check("path", "/etc");
    check("path", Uint8Array.of(0x2f, 0));
    check("pointer", Uint8Array.of(0x2f));
    expect(() => check("path", "/etc\0/passwd")).toThrow(InvalidArgumentError);
    expect(() => check("path", Uint8Array.of(0x2f))).toThrow(InvalidArgumentError);
  });

  test("that is text or bytes is refused where a number is meant", () => {
    for (const value of ["1", Uint8Array.of(1), null]) {
      expect(() => check("fd", value)).toThrow('call: "arg" must be a number');
    }
  });

  test("is named by the error, with the call and the value", () => {
    try {
      check("signal", 65);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      expect(error).toMatchObject({
        code: "X_INVALID_ARGUMENT",
        syscall: "call",
        parameter: "arg",
        value: 65,
        message: 'call: "arg" must be from 0 to 64, not 65',
      });
    }
  });
});
