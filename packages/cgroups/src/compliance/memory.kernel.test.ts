import { expect, test } from "vitest";
import { createCgroup } from "../index.ts";
import { gated } from "../testing/gated.ts";
import { host, titled, whyNot } from "../testing/host.ts";

const no = whyNot("memory");
const MiB = 1_048_576;
const allocate = (mebibytes: number): string =>
  `const all = []; for (let i = 0; i < ${mebibytes}; i++) all.push(Buffer.alloc(1048576, 1)); console.log("done");`;

test.skipIf(no)(titled("a memory limit reads back, and holds", no), async () => {
  await using group = await createCgroup({ memory: { limit: "64MiB", swap: "64MiB" } });
  expect(group.limits().memory).toMatchObject({ limit: 64 * MiB, swap: 64 * MiB });
  await using greedy = await gated(group, allocate(512));
  expect(await greedy.exited).toEqual({ code: null, signal: "SIGKILL" });
  expect(greedy.lines).toEqual([]);
  const { memory } = group.stat(["memory"]);
  expect(memory!.events.oomKill).toBeGreaterThanOrEqual(1);
  // Linux 6.18 counts no failures of v1's limits (memory.failcnt stays 0).
  if (host?.mode === "v2") expect(memory!.events.max).toBeGreaterThan(0);
  expect(memory!.limit).toBe(64 * MiB);
});

test.skipIf(no)(
  titled("within the limit nobody is killed, and the use is counted", no),
  async () => {
    await using group = await createCgroup({ memory: { limit: "256MiB" } });
    await using modest = await gated(group, `${allocate(64)} setInterval(() => {}, 1000)`);
    await modest.line();
    const { memory, memoryStat } = group.stat(["memory", "memoryStat"]);
    expect(memory!.current).toBeGreaterThan(60 * MiB);
    expect(memory!.current).toBeLessThanOrEqual(256 * MiB);
    expect(memoryStat!.anon).toBeGreaterThan(60 * MiB);
    expect(memory!.events.oomKill).toBe(0);
  },
);

test.skipIf(no)(titled("a limit that is raised lets a process go on", no), async () => {
  await using group = await createCgroup({ memory: { limit: "64MiB", swap: "64MiB" } });
  await group.update({ memory: { limit: "512MiB", swap: "512MiB" } });
  expect(group.limits().memory).toMatchObject({ limit: 512 * MiB, swap: 512 * MiB });
  await using modest = await gated(group, allocate(128));
  expect(await modest.exited).toEqual({ code: 0, signal: null });
  await group.update({ memory: { limit: "32MiB", swap: "32MiB" } });
  expect(group.limits().memory).toMatchObject({ limit: 32 * MiB, swap: 32 * MiB });
  await group.update({ memory: { limit: "max", swap: "max" } });
  expect(group.limits().memory).toMatchObject({ limit: "max", swap: "max" });
});

test.skipIf(no)(titled("the group above counts and limits what is below it", no), async () => {
  await using parent = await createCgroup({ memory: { limit: "64MiB", swap: "64MiB" } });
  await using child = await createCgroup({}, { parent, name: "below" });
  await using greedy = await gated(child, allocate(512));
  expect((await greedy.exited).signal).toBe("SIGKILL");
});
