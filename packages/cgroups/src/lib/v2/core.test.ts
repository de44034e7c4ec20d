import { expect, test } from "vitest";
import { core } from "./core.ts";
import { groupOf } from "./pretended-group.ts";

test("CPU time is told with and without the cpu controller", () => {
  const text = "usage_usec 10\nuser_usec 7\nsystem_usec 3";
  expect(core.stat.cpu?.(groupOf({ "cpu.stat": text }))).toEqual({
    usageUsec: 10,
    userUsec: 7,
    systemUsec: 3,
  });
  const more = "\nnr_periods 4\nnr_throttled 2\nthrottled_usec 9\nnr_bursts 1\nburst_usec 5";
  expect(core.stat.cpu?.(groupOf({ "cpu.stat": text + more }))).toMatchObject({
    nrPeriods: 4,
    nrThrottled: 2,
    throttledUsec: 9,
    nrBursts: 1,
    burstUsec: 5,
  });
});

test("a group tells whether anybody lives in it and whether it is frozen", () => {
  const files = {
    "cgroup.events": "populated 1\nfrozen 0",
    "cgroup.stat": "nr_descendants 2\nnr_subsys_cpu 9\nnr_dying_descendants 1",
  };
  expect(core.stat.cgroup?.(groupOf(files))).toEqual({
    populated: true,
    frozen: false,
    descendants: 2,
    dyingDescendants: 1,
  });
  expect(core.stat.cgroup?.(groupOf({}))).toBeUndefined();
});

test("pressure is told for what the kernel keeps account of", () => {
  const files = {
    "cpu.pressure":
      "some avg10=1.50 avg60=0.25 avg300=0.00 total=99\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=1",
    "irq.pressure": "full avg10=0.00 avg60=0.00 avg300=0.00 total=7",
  };
  expect(core.stat.pressure?.(groupOf(files))).toEqual({
    cpu: {
      some: { avg10: 1.5, avg60: 0.25, avg300: 0, totalUsec: 99 },
      full: { avg10: 0, avg60: 0, avg300: 0, totalUsec: 1 },
    },
    irq: { full: { avg10: 0, avg60: 0, avg300: 0, totalUsec: 7 } },
  });
  expect(core.stat.pressure?.(groupOf({}))).toEqual({});
});
