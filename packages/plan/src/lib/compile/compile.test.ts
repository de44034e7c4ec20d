import { describe, expect, test } from "vitest";
import { exec, exitAs, fork, step } from "../step.ts";
import { result, strings, struct, text } from "../value.ts";
import { layouts } from "@x/syscall";
import { compile } from "./compile.ts";

const plan = [
  fork({ flags: 0x20000000 }, [exec(["/bin/true"], ["true"], [])], { as: "pid" }),
  exitAs(result("pid")),
];

interface Segment {
  type: number;
  flags: number;
  offset: number;
  address: number;
  fileBytes: number;
  memoryBytes: number;
}

function segments(elf: Uint8Array): Segment[] {
  const view = new DataView(elf.buffer, elf.byteOffset);
  return Array.from({ length: view.getUint16(56, true) }, (_, i) => {
    const at = 64 + 56 * i;
    return {
      type: view.getUint32(at, true),
      flags: view.getUint32(at + 4, true),
      offset: Number(view.getBigUint64(at + 8, true)),
      address: Number(view.getBigUint64(at + 16, true)),
      fileBytes: Number(view.getBigUint64(at + 32, true)),
      memoryBytes: Number(view.getBigUint64(at + 40, true)),
    };
  });
}

describe.each(["x64", "arm64"] as const)("a launcher for %s", (arch) => {
  test("is the same bytes for the same plan", () => {
    expect(compile(plan, { arch })).toEqual(compile(plan, { arch }));
  });

  test("has no segment that is both writable and executable, and a stack that is not", () => {
    const all = segments(compile(plan, { arch }));
    expect(all).toHaveLength(4);
    for (const { flags } of all) expect(flags & 3).not.toBe(3);
  });

  test("maps at the same offset in the page as in the file", () => {
    for (const { type, offset, address, fileBytes } of segments(compile(plan, { arch }))) {
      if (type === 1 && fileBytes > 0) expect(address % 0x10000).toBe(offset % 0x10000);
    }
  });

  test("keeps data, code and memory in ranges that do not touch", () => {
    const loads = segments(compile(plan, { arch })).filter(({ type }) => type === 1);
    const pages = loads.map(({ address, memoryBytes }) => [
      Math.floor(address / 0x10000),
      Math.floor((address + memoryBytes - 1) / 0x10000),
    ]);
    pages.reduce((before, after) => {
      expect(after[0]).toBeGreaterThan(before[1]!);
      return after;
    });
  });

  test("keeps each string once", () => {
    const once = compile([step("chdir", ["/a-directory"])], { arch });
    const twice = compile([step("chdir", ["/a-directory"]), step("chroot", ["/a-directory"])], {
      arch,
    });
    const found = Buffer.from(twice).toString("latin1").split("/a-directory").length - 1;
    expect(found).toBe(1);
    expect(twice.length).toBeGreaterThan(once.length);
  });

  test("holds thousands of arguments", () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `argument ${i}`);
    const bytes = compile([exec(["/bin/true"], many, [])], { arch });
    expect(Buffer.from(bytes).includes("argument 19999")).toBe(true);
  });
});

test("flags that differ between the CPUs are translated", () => {
  const O_DIRECTORY = { x64: 0o200000, arm64: 0o40000 };
  const opening = [step("openat", [-100, "/", O_DIRECTORY.x64])];
  const how = struct(layouts.open_how, { flags: O_DIRECTORY.x64 });
  const opening2 = [step("openat2", [-100, "/", how, layouts.open_how.bytes])];
  const x64 = Buffer.from(compile(opening2, { arch: "x64" }));
  const arm64 = Buffer.from(compile(opening2, { arch: "arm64" }));
  const asBytes = (flags: number): Buffer => {
    const bytes = Buffer.alloc(24);
    bytes.writeUInt32LE(flags);
    return bytes;
  };
  expect(x64.includes(asBytes(O_DIRECTORY.x64))).toBe(true);
  expect(arm64.includes(asBytes(O_DIRECTORY.arm64))).toBe(true);
  // movz x2, #0x4000
  const movz = Buffer.alloc(4);
  movz.writeUInt32LE((0xd2800000 | (O_DIRECTORY.arm64 << 5) | 2) >>> 0);
  expect(Buffer.from(compile(opening, { arch: "arm64" })).includes(movz)).toBe(true);
});

describe("a plan that makes no sense is refused with the place", () => {
  test.each([
    ["an unknown call", [step("nosuch" as "read")], "plan[0].call"],
    ["seven arguments", [step("read", [1, 2, 3, 4, 5, 6, 7])], "plan[0].args"],
    ["a result nobody has", [step("close", [result("fd")])], "plan[0].args[0]"],
    [
      "a result of the child",
      [fork({}, [step("getpid", [], { as: "me" })], { as: "pid" }), step("close", [result("me")])],
      "plan[1].args[0]",
    ],
    [
      "a name that is taken",
      [step("getpid", [], { as: "a" }), step("getpid", [], { as: "a" })],
      "plan[1].as",
    ],
    ["NUL in a string", [step("chdir", ["a\0b"])], "plan[0].args[0]"],
    ["NUL in an argument", [exec(["/bin/true"], ["true", "a\0b"], [])], "plan[0].argv[1]"],
    [
      "a string over the kernel's limit",
      [exec(["/bin/true"], ["x".repeat(131_072)], [])],
      "plan[0].argv[0]",
    ],
    ["no file to execute", [exec([], ["true"], [])], "plan[0].files"],
    ["a number that is not whole", [step("close", [1.5])], "plan[0].args[0]"],
    ["a number over 64 bits", [step("close", [1n << 64n])], "plan[0].args[0]"],
    [
      "an unknown field",
      [step("ppoll", [struct(layouts.pollfd, { nosuch: 1 })])],
      "plan[0].args[0].nosuch",
    ],
    [
      "a field that overflows",
      [step("ppoll", [struct(layouts.pollfd, { events: 65_536 })])],
      "plan[0].args[0].events",
    ],
    ["a load of nothing", [step("close", [{ load: "m", offset: 0, bytes: 4 }])], "plan[0].args[0]"],
    ["NUL in a text", [step("chdir", [text("a\0b")])], "plan[0].args[0][0]"],
    [
      "NUL in a list",
      [step("execve", ["/bin/true", strings(["a\0b"]), null])],
      "plan[0].args[1][0]",
    ],
  ])("%s", (_, bad, place) => {
    expect(() => compile(bad, { arch: "x64" })).toThrow(
      expect.objectContaining({
        code: "X_PLAN_INVALID",
        message: expect.stringContaining(`${place}: `),
      }),
    );
  });
});
