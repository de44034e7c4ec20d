import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { memory } from "./memory.ts";
import { lines, refusal } from "./testing/context.ts";

const page = 4096;
const none = "9223372036854771712";

const filesOf = (limit: number, swap: number): Record<string, string> => ({
  "memory.limit_in_bytes": limit === -1 ? none : `${limit}`,
  "memory.memsw.limit_in_bytes": swap === -1 ? none : `${swap}`,
});
const order = (limit: number): number => (limit === -1 ? Number.POSITIVE_INFINITY : limit);

const bytes = fc.integer({ min: 1, max: 1 << 20 }).map((pages) => pages * page);
const sizes = fc
  .tuple(fc.oneof(bytes, fc.constant(-1)), fc.oneof(fc.nat(1 << 20), fc.constant(-1)))
  .map(([limit, more]) => ({
    limit,
    swap: limit === -1 || more === -1 ? -1 : limit + more * page,
  }));

describe("memory, and memory with swap", () => {
  test("get from any limits to any others without memory above both", () => {
    fc.assert(
      fc.property(sizes, sizes, (before, after) => {
        const now = { ...before };
        const given = (limit: number) => (limit === -1 ? ("max" as const) : limit);
        const limits = { limit: given(after.limit), swap: given(after.swap) };
        const files = filesOf(before.limit, before.swap);
        for (const line of lines(memory, { memory: limits }, { files })) {
          const [file, value] = line.split("=");
          now[file === "memory.limit_in_bytes" ? "limit" : "swap"] = Number(value);
          expect(order(now.limit), line).toBeLessThanOrEqual(order(now.swap));
        }
        expect(now).toEqual(after);
      }),
    );
  });

  test("leave as much swap as before when only the limit of memory changes", () => {
    const files = filesOf(100 * page, 150 * page);
    const to = (limit: number | "max") => lines(memory, { memory: { limit } }, { files });
    expect(to(200 * page)).toEqual([
      `memory.memsw.limit_in_bytes=${250 * page}`,
      `memory.limit_in_bytes=${200 * page}`,
    ]);
    expect(to(50 * page)).toEqual([
      `memory.limit_in_bytes=${50 * page}`,
      `memory.memsw.limit_in_bytes=${100 * page}`,
    ]);
    expect(to("max")).toEqual(["memory.memsw.limit_in_bytes=-1", "memory.limit_in_bytes=-1"]);
    expect(lines(memory, { memory: { limit: page } }, { files: filesOf(-1, -1) })).toEqual([
      "memory.limit_in_bytes=4096",
    ]);
  });

  test("need nothing but the limit in a fresh group", () => {
    expect(lines(memory, { memory: { limit: "32MiB" } })).toEqual([
      "memory.limit_in_bytes=33554432",
    ]);
    const swap = { files: filesOf(-1, -1), fresh: true };
    expect(lines(memory, { memory: { limit: "32MiB", swap: "48MiB" } }, swap)).toEqual([
      "memory.limit_in_bytes=33554432",
      "memory.memsw.limit_in_bytes=50331648",
    ]);
  });

  test("are compared with what is set when only one of them is given", () => {
    const to = (swap: number) =>
      refusal(memory, { memory: { swap } }, { files: filesOf(8192, -1) });
    expect(to(4096)).toBe("X_CGROUP_INVALID memory.swap");
    expect(to(8192)).toBe("taken");
    const unlimited = { files: filesOf(-1, -1) };
    expect(refusal(memory, { memory: { swap: 4096 } }, unlimited)).toBe(
      "X_CGROUP_INVALID memory.swap",
    );
  });

  test("are refused together where swap is not counted, unless there is to be no limit", () => {
    const files = { "memory.limit_in_bytes": none };
    const to = (swap: number | "max") => ({ memory: { limit: 4096, swap } });
    expect(refusal(memory, to(8192), { files })).toBe("X_CGROUP_UNSUPPORTED memory.swap");
    expect(lines(memory, to("max"), { files })).toEqual(["memory.limit_in_bytes=4096"]);
  });

  test("do not go below what is used if asked to look first", () => {
    const files = {
      ...filesOf(-1, -1),
      "memory.usage_in_bytes": "10485760",
      "memory.memsw.usage_in_bytes": "20971520",
    };
    const to = (limit: number, swap: number, look = true) =>
      refusal(memory, { memory: { limit, swap, checkBeforeUpdate: look } }, { files });
    expect(to(1 << 23, 1 << 25)).toBe("X_CGROUP_INVALID memory.limit");
    expect(to(1 << 24, 1 << 24)).toBe("X_CGROUP_INVALID memory.swap");
    expect(to(1 << 24, 1 << 25)).toBe("taken");
    expect(to(4096, 4096, false)).toBe("taken");
  });
});
