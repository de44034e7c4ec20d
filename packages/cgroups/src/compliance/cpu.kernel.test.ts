import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createCgroup } from "../index.ts";
import { gated } from "../testing/gated.ts";
import { host, titled, whyNot } from "../testing/host.ts";

const no = whyNot("cpu");
const spin = "for (;;);";

test.skipIf(no)(titled("a quota reads back, and usage keeps to it within 10 %", no), async () => {
  await using group = await createCgroup({ cpu: { quota: "20ms", period: "100ms" } });
  expect(group.limits().cpu).toMatchObject({ quota: 20_000, period: 100_000 });
  await using busy = await gated(group, spin);
  await sleep(500); // the start of Node itself
  const begin = { at: performance.now(), usage: group.stat(["cpu"]).cpu!.usageUsec! };
  await sleep(2000);
  const used = group.stat(["cpu"]).cpu!.usageUsec! - begin.usage;
  const share = used / ((performance.now() - begin.at) * 1000);
  expect(share).toBeGreaterThan(0.18);
  expect(share).toBeLessThan(0.22);
  const { cpu } = group.stat(["cpu"]);
  expect(cpu!.nrThrottled).toBeGreaterThan(0);
  expect(cpu!.throttledUsec).toBeGreaterThan(0);
  expect(busy.lines).toEqual([]);
});

test.skipIf(no)(titled("burst and idle read back", no), async () => {
  await using group = await createCgroup({
    cpu: { quota: "20ms", period: "100ms", burst: "10ms" },
  });
  expect(group.limits().cpu).toMatchObject({ burst: 10_000 });
  await group.update({ cpu: { idle: true } });
  expect(group.limits().cpu).toMatchObject({ idle: true });
});

test.skipIf(no)(titled("a quota that is lifted is gone", no), async () => {
  await using group = await createCgroup({ cpu: { quota: "20ms" } });
  await group.update({ cpu: { quota: "max" } });
  expect(group.limits().cpu).toMatchObject({ quota: "max" });
});

test.skipIf(no)(
  titled(
    "of two groups on one CPU the one with four times the weight gets about four times the time",
    whyNot("cpu", "cpuset"),
  ),
  async () => {
    const convert = { convert: true };
    await using pair = await createCgroup({ cpu: { cpus: "0" } });
    await using heavy = await createCgroup(
      { cpu: { weight: 400 } },
      { ...convert, parent: pair, name: "heavy" },
    );
    await using light = await createCgroup(
      { cpu: { weight: 100 } },
      { ...convert, parent: pair, name: "light" },
    );
    await using one = await gated(heavy, spin);
    await using two = await gated(light, spin);
    await sleep(500);
    const usage = (): [number, number] => [
      heavy.stat(["cpu"]).cpu!.usageUsec!,
      light.stat(["cpu"]).cpu!.usageUsec!,
    ];
    const [heavyBefore, lightBefore] = usage();
    await sleep(2000);
    const [heavyAfter, lightAfter] = usage();
    const ratio = (heavyAfter - heavyBefore) / (lightAfter - lightBefore);
    expect(ratio).toBeGreaterThan(2.5);
    expect(ratio).toBeLessThan(6.5);
    expect([one.lines, two.lines]).toEqual([[], []]);
  },
);

const other = host?.mode === "v2" ? ({ shares: 512 } as const) : ({ weight: 50 } as const);

test.skipIf(no)(
  titled("a share of the other version is refused by name, or converted and reported", no),
  async () => {
    const [field] = Object.keys(other);
    await expect(createCgroup({ cpu: other })).rejects.toMatchObject({
      code: "X_CGROUP_UNSUPPORTED",
      field: `cpu.${field}`,
    });
    await using group = await createCgroup({ cpu: other }, { convert: true });
    expect(group.conversions).toHaveLength(1);
    expect(group.conversions[0]).toMatchObject({ field: `cpu.${field}` });
    expect(group.conversions[0]!.rule).not.toBe("");
  },
);

test.skipIf(no)(titled("a group runs on the CPUs it was given", whyNot("cpuset")), async () => {
  await using group = await createCgroup({ cpu: { cpus: "1", mems: "0" } });
  expect(group.limits().cpu).toMatchObject({ cpus: "1", mems: "0" });
  expect(group.stat(["cpuset"]).cpuset).toMatchObject({ cpus: "1", mems: "0" });
  const script = `console.log(require("os").availableParallelism() + " " + /Cpus_allowed_list:\\s*(.*)/.exec(require("fs").readFileSync("/proc/self/status", "latin1"))[1])`;
  await using pinned = await gated(group, script);
  await pinned.exited;
  expect(pinned.lines).toEqual(["1 1"]); // availableParallelism is sched_getaffinity(2)
  await group.update({ cpu: { cpus: "0-1" } });
  await using free = await gated(group, script);
  await free.exited;
  expect(free.lines).toEqual(["2 0-1"]);
});

test.skipIf(no)(
  titled("a group below inherits the CPUs of the one above", whyNot("cpuset")),
  async () => {
    await using parent = await createCgroup({ cpu: { cpus: "1" } });
    await using child = await createCgroup({}, { parent, name: "below" });
    expect(child.stat(["cpuset"]).cpuset!.cpus).toBe("1");
  },
);
