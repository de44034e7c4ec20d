import { expect, test } from "vitest";
import { v1 } from "./controllers.ts";
import { filesOf } from "./testing/context.ts";

test("every subsystem of v1 is there once, and no field is two subsystems'", () => {
  const names = v1.map(({ name }) => name);
  expect(new Set(names).size).toBe(14);
  const fields = v1.flatMap((one) => one.fields);
  expect(new Set(fields).size).toBe(fields.length);
});

test("a group without files has no limits and no statistics, and nothing throws", () => {
  for (const { limits, stat } of v1) {
    expect(limits?.(filesOf({})) ?? {}).toEqual({});
    for (const read of Object.values(stat ?? {})) expect(read(filesOf({}))).toBeUndefined();
  }
});
