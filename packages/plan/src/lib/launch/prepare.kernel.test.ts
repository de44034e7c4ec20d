import { expect, test } from "vitest";
import { thisArch } from "@x/syscall";
import { compile } from "../compile/compile.ts";
import { step } from "../step.ts";
import { result } from "../value.ts";
import { prepare } from "./prepare.ts";

const plan = [step("getpid", [], { as: "self" }), step("exit_group", [0])];

test("a plan that is launched again is compiled once for each channel, with and without trace", () => {
  const { launcher } = prepare(plan);
  expect(prepare(plan).launcher({ channel: 3, trace: false })).toBe(
    launcher({ channel: 3, trace: false }),
  );
  for (const options of [
    { channel: 3, trace: false },
    { channel: 4, trace: false },
    { channel: 3, trace: true },
    { channel: 3, trace: false, inject: { step: 1, errno: "EIO" } as const },
    { channel: 3, trace: false, inject: { step: 2, errno: "EIO" } as const },
  ]) {
    expect(launcher(options)).toEqual(compile(plan, { arch: thisArch(), ...options }));
  }
});

test("a plan that makes no sense is refused each time", () => {
  const senseless = [step("close", [result("nothing")])];
  for (let i = 0; i < 2; i++) expect(() => prepare(senseless)).toThrow("no earlier step");
});
