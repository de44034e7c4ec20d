import { existsSync, readdirSync } from "node:fs";
import { createCgroup, type Cgroup } from "../../index.ts";
import { gated, type Gated } from "../../testing/gated.ts";
import { host, whyNot } from "../../testing/host.ts";
import { describe, expect, test } from "vitest";
import { oom } from "./oom.ts";

const no = whyNot("memory");
const skipped = no === undefined ? "" : ` (skipped: ${no})`;
const version1 = host?.mode !== "v2";

const small = { memory: { limit: "64MiB", swap: "64MiB" } } as const;
const descriptors = (): number => readdirSync("/proc/self/fd").length;
const greedy = (group: Cgroup): Promise<Gated> =>
  gated(group, "const all = []; for (;;) all.push(Buffer.alloc(1048576, 1))");

async function killOne(group: Cgroup): Promise<void> {
  await using process = await greedy(group);
  expect((await process.exited).signal).toBe("SIGKILL");
}

describe.skipIf(no)(`a group that runs out of memory${skipped}`, () => {
  test("tells each kill with its count", async () => {
    await using group = await createCgroup(small);
    await using events = oom(group);
    for (let kills = 1; kills <= 3; kills++) {
      await killOne(group);
      for (;;) {
        const { value } = await events.next();
        expect(value.kind).toBe("oom");
        if (value.oomKill >= kills) break;
      }
    }
  });

  test("tells at once what came before, unless it is known", async () => {
    await using group = await createCgroup(small);
    await killOne(group);
    await using late = oom(group);
    expect((await late.next()).value).toMatchObject({ kind: "oom", oomKill: 1 });
    await using knowing = oom(group, { since: 1 });
    const next = knowing.next();
    await killOne(group);
    expect((await next).value).toMatchObject({ oomKill: 2 });
  });

  test("counts all of several at a time", async () => {
    await using group = await createCgroup(small);
    await using events = oom(group);
    await Promise.all([killOne(group), killOne(group), killOne(group)]);
    for await (const { oomKill } of events) if (oomKill >= 3) break;
  });

  test("ends the loop when it is deleted, and leaves no descriptor", async () => {
    const before = descriptors();
    const group = await createCgroup(small);
    const events = oom(group);
    const rest = (async () => {
      const heard: number[] = [];
      for await (const { oomKill } of events) heard.push(oomKill);
      return heard;
    })();
    await killOne(group);
    await group.delete();
    expect((await rest).at(-1)).toBe(1);
    expect(group.directories.some(({ path }) => existsSync(path))).toBe(false);
    await expect.poll(descriptors).toBe(before);
  });

  test("leaves no descriptor when the loop is left or aborted", async () => {
    await using group = await createCgroup(small);
    await killOne(group);
    const before = descriptors();
    for await (const _ of oom(group)) break;
    expect(descriptors()).toBe(before);
    const abort = new AbortController();
    const next = oom(group, { since: 9, signal: abort.signal }).next();
    abort.abort(new Error("enough"));
    await expect(next).rejects.toThrow("enough");
    expect(descriptors()).toBe(before);
  });

  test("is gone once it is deleted", async () => {
    const group = await createCgroup(small);
    await group.delete();
    const before = descriptors();
    expect(() => oom(group)).toThrow(expect.objectContaining({ code: "X_CGROUP_GONE" }));
    expect(descriptors()).toBe(before);
  });
});

const notV1 = no ?? (version1 ? undefined : "v2 cannot switch the killer off");

test.skipIf(notV1)(
  `a group whose processes wait for memory says so${notV1 ? ` (skipped: ${notV1})` : ""}`,
  async () => {
    await using group = await createCgroup({
      memory: { ...small.memory, disableOOMKiller: true },
    });
    await using events = oom(group);
    await using process = await gated(
      group,
      `const all = []; for (let i = 0; i < 128; i++) all.push(Buffer.alloc(1048576, 1)); console.log("done")`,
    );
    expect((await events.next()).value).toMatchObject({ kind: "oom", oomKill: 0 });
    // What is reclaimed lets it go on for a moment, before it waits for good.
    await expect.poll(() => group.stat(["memory"]).memory!.events.underOom).toBe(true);
    await using late = oom(group);
    expect((await late.next()).value).toMatchObject({ underOom: true });
    await group.update({ memory: { limit: "512MiB", swap: "512MiB" } });
    expect((await process.exited).code).toBe(0);
  },
);
