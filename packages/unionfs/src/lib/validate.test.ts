import { expect, test } from "vitest";
import { UnionError } from "./error.ts";
import type { UnionLayers } from "./union.ts";
import { stackOf } from "./validate.ts";

function refusal(union: UnionLayers): Pick<UnionError, "code" | "field"> | undefined {
  try {
    stackOf(union);
    return undefined;
  } catch (error) {
    if (error instanceof UnionError) return { code: error.code, field: error.field };
    throw error;
  }
}

const lower = ["/l"];

test.each<[string, UnionLayers, string]>([
  ["no layer", { lower: [] }, "lower"],
  ["more layers than the kernel stacks", { lower: Array(501).fill("/l") }, "lower"],
  ["an empty path", { lower: ["/l", ""] }, "lower[1]"],
  ["a path with a NUL", { lower, upper: "/u\0", work: "/w" }, "upper"],
  ["an upper directory without one to work in", { lower, upper: "/u" }, "work"],
  ["one to work in without an upper directory", { lower, work: "/w" }, "work"],
  ["two places to write to", { lower, upper: "/u", work: "/w", tmpfs: {} }, "tmpfs"],
  ["memory for what nobody writes", { lower, readonly: true, tmpfs: {} }, "tmpfs"],
  ["no memory at all", { lower, tmpfs: { sizeBytes: 0 } }, "tmpfs.sizeBytes"],
])("%s is refused by name", (_, union, field) => {
  expect(refusal(union)).toEqual({ code: "X_UNION_INVALID", field });
});

test("500 layers are taken, and a read-only union has its upper directory on top", () => {
  expect(stackOf({ lower: Array(500).fill("/l") }).lower).toHaveLength(500);
  const { lower: stacked, upper } = stackOf({ lower, upper: "/u", readonly: true });
  expect(stacked).toEqual(["/u", "/l"]);
  expect(upper).toBeUndefined();
});
