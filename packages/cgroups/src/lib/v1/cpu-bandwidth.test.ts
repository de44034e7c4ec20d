import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bandwidthSettings } from "./cpu-bandwidth.ts";
import { contextOf } from "./testing/context.ts";

interface State {
  quota: number;
  period: number;
  burst: number;
}

const names: Readonly<Record<string, keyof State>> = {
  "cpu.cfs_quota_us": "quota",
  "cpu.cfs_period_us": "period",
  "cpu.cfs_burst_us": "burst",
};
const filesOf = (state: State): Record<string, string> =>
  Object.fromEntries(Object.entries(names).map(([file, name]) => [file, `${state[name]}`]));

/** Without a quota a group has what the one above has. */
const share = ({ quota, period }: State, above: number): number =>
  quota === -1 ? above : quota / period;

/** The rules of tg_set_cfs_bandwidth() of kernel/sched/core.c. */
function accepts(state: State, above: number, below: number): boolean {
  if (state.quota !== -1 && state.burst > state.quota) return false;
  return (state.quota === -1 || share(state, above) <= above) && share(state, above) >= below;
}

const quota = fc.oneof(fc.integer({ min: 1000, max: 2_000_000 }), fc.constant(-1));
const period = fc.integer({ min: 1000, max: 1_000_000 });
const state = fc
  .record({ quota, period, part: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ part, ...rest }): State => ({
    ...rest,
    burst: rest.quota === -1 ? 0 : Math.floor(rest.quota * part),
  }));

describe("quota, period and burst", () => {
  test("get from any values to any others without one that the kernel refuses", () => {
    fc.assert(
      fc.property(state, state, (before, after) => {
        // The tightest tree that both fit in.
        const shares = [before, after].map((one) => share(one, Number.POSITIVE_INFINITY));
        const [above, below] = [Math.max(...shares), Math.min(...shares)];
        const limits = {
          quota: after.quota === -1 ? ("max" as const) : after.quota,
          period: after.period,
          burst: after.burst,
        };
        const now = { ...before };
        const context = contextOf({ files: filesOf(before) });
        for (const { file, value } of bandwidthSettings(limits, context)) {
          now[names[file]!] = Number(value);
          expect(accepts(now, above, below), `${file} = ${value}`).toBe(true);
        }
        expect(now).toEqual(after);
      }),
      { numRuns: 1000 },
    );
  });

  test("of a fresh group need no look at it", () => {
    const context = contextOf({});
    expect(
      bandwidthSettings({ quota: 5000, period: 10_000 }, context).map(({ file }) => file),
    ).toEqual(["cpu.cfs_period_us", "cpu.cfs_quota_us"]);
  });

  test("do not go below a burst that stays", () => {
    const files = filesOf({ quota: 50_000, period: 100_000, burst: 20_000 });
    const set = (quotaUsec: number) => () =>
      bandwidthSettings({ quota: quotaUsec }, contextOf({ files }));
    expect(set(20_000)).not.toThrow();
    expect(set(19_999)).toThrow(
      expect.objectContaining({ code: "X_CGROUP_INVALID", field: "cpu.quota" }),
    );
  });
});
