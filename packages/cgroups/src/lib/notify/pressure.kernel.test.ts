import { existsSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createCgroup, type Cgroup } from "../../index.ts";
import { gatedShell, type Gated } from "../../testing/gated.ts";
import { host, whyNot } from "../../testing/host.ts";
import { pressure } from "./pressure.ts";
import type { PressureTrigger } from "./pressure-trigger.ts";

const no = whyNot() ?? missing();
const skipped = no === undefined ? "" : ` (skipped: ${no})`;

function missing(): string | undefined {
  if (host?.mode === "v1") return "no v2 tree";
  return existsSync("/proc/pressure/cpu") ? undefined : "the kernel has no pressure: psi=1";
}

/** What every user may ask for. */
const trigger: PressureTrigger = { resource: "cpu", kind: "some", stall: "50ms", window: "2s" };
const descriptors = (): number => readdirSync("/proc/self/fd").length;
/** More of them than there are CPUs, for CPUs to be waited for. */
const busy = (group: Cgroup): Promise<Gated> =>
  gatedShell(group, "for i in 1 2 3 4 5 6; do while :; do :; done & done; wait");

describe.skipIf(no)(`pressure of a v2 group${skipped}`, () => {
  test("is told while processes wait, each window again", async () => {
    await using group = await createCgroup();
    await using events = pressure(group, trigger);
    await using hogs = await busy(group);
    const first = (await events.next()).value;
    expect(first).toMatchObject({ kind: "pressure", resource: "cpu" });
    expect(first.share.totalUsec).toBeGreaterThanOrEqual(50_000);
    const second = (await events.next()).value;
    expect(second.share.totalUsec).toBeGreaterThan(first.share.totalUsec);
    await group.kill();
    await hogs.exited;
  });

  test("is not told of a group where nobody waits", async () => {
    await using group = await createCgroup();
    await using events = pressure(group, trigger);
    const told = events.next().then(() => true);
    const late = new Promise((resolve) => setTimeout(resolve, 2500, false));
    expect(await Promise.race([told, late])).toBe(false);
  });

  test("ends the loop when the group is deleted, and leaves no descriptor", async () => {
    const group = await createCgroup();
    const before = descriptors();
    const all = (["cpu", "memory", "io"] as const).map((resource) =>
      pressure(group, { ...trigger, resource }).next(),
    );
    await group.delete();
    for (const one of all) expect(await one).toEqual({ value: undefined, done: true });
    expect(descriptors()).toBeLessThanOrEqual(before);
  });

  test("leaves no descriptor when it is aborted, left or refused", async () => {
    await using group = await createCgroup();
    const before = descriptors();
    const abort = new AbortController();
    const next = pressure(group, trigger, { signal: abort.signal }).next();
    abort.abort(new Error("enough"));
    await expect(next).rejects.toThrow("enough");
    await pressure(group, trigger)[Symbol.asyncDispose]();
    expect(() => pressure(group, { ...trigger, stall: "3s" })).toThrow(
      expect.objectContaining({ code: "X_CGROUP_INVALID", field: "stall" }),
    );
    expect(descriptors()).toBe(before);
  });

  test("of a group that is gone cannot be asked for", async () => {
    const group = await createCgroup();
    await group.delete();
    expect(() => pressure(group, trigger)).toThrow(
      expect.objectContaining({ code: "X_CGROUP_GONE" }),
    );
  });
});

test("without a v2 tree there is no pressure", () => {
  const group = { directoryOf: () => undefined, unifiedDirectory: undefined };
  expect(() => pressure(group, trigger)).toThrow(
    expect.objectContaining({ code: "X_CGROUP_UNSUPPORTED" }),
  );
});
