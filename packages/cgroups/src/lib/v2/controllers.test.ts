import { describe, expect, test } from "vitest";
import type { Resources } from "../resources.ts";
import { v2 } from "./controllers.ts";
import { contextOf, groupOf, lines } from "./pretended-group.ts";

test("each subsystem and each field has one controller", () => {
  const names = v2.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const fields = v2.flatMap((controller) => controller.fields);
  expect(new Set(fields).size).toBe(fields.length);
});

test("device rules are no files on v2", () => {
  expect(v2.find(({ name }) => name === "devices")).toEqual({
    name: "devices",
    fields: ["devices"],
  });
});

test.each<[Resources, string]>([])(
  "%j is refused by name, saying what nft has instead",
  (resources, field) => {
    const settings = (): unknown => v2.map((one) => one.settings?.(resources, contextOf()));
    expect(settings).toThrow(
      expect.objectContaining({
        code: "X_CGROUP_UNSUPPORTED",
        field,
        hint: expect.stringContaining("socket cgroupv2"),
      }),
    );
  },
);

describe.each(v2)("$name", (controller) => {
  test("writes nothing when nothing is asked for", () => {
    expect(lines(controller.settings?.({}, contextOf({}, { fresh: true })))).toEqual([]);
  });

  test("has no limits and no usage where it has no files", () => {
    expect(controller.limits?.(groupOf({})) ?? {}).toEqual({});
    for (const part of Object.values(controller.stat ?? {})) {
      expect(part(groupOf({}))).toBeUndefined();
    }
  });
});
