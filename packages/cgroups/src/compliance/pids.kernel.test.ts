import { expect, test } from "vitest";
import { createCgroup, openCgroup } from "../index.ts";
import { gatedShell } from "../testing/gated.ts";
import { titled, whyNot } from "../testing/host.ts";

const no = whyNot("pids");

test.skipIf(no)(titled("a fork fails at the limit, and is counted", no), async () => {
  await using group = await createCgroup({ pids: { limit: 3 } });
  expect(group.limits().pids).toEqual({ limit: 3 });
  const script = "sleep 9 & sleep 9 & (sleep 9 & echo forked) 2>/dev/null; wait";
  await using shell = await gatedShell(group, script);
  await expect.poll(() => group.stat(["pids"]).pids!.events.max).toBeGreaterThan(0);
  expect(shell.lines).toEqual([]);
  const { pids } = group.stat(["pids"]);
  expect(pids!.current).toBeLessThanOrEqual(3);
  expect(pids!.peak ?? 0).toBeLessThanOrEqual(3);
});

test.skipIf(no)(
  titled("a fork bomb is killed and its group deleted within 2 s, 50 times in a row", no),
  async () => {
    for (let round = 0; round < 50; round++) {
      const group = await createCgroup({ pids: { limit: 64 } });
      await using bomb = await gatedShell(group, "b() { b | b & }; b 2>/dev/null; sleep 60");
      await untilFull(group);
      const begin = performance.now();
      await group.kill();
      await group.delete();
      expect(performance.now() - begin).toBeLessThan(2000);
      await bomb.exited;
      expect(() => openCgroup(group.path)).toThrow(/there is no group/);
    }
  },
  60_000,
);

/** The bomb has hit its limit. */
async function untilFull(group: Awaited<ReturnType<typeof createCgroup>>): Promise<void> {
  while ((group.stat(["pids"]).pids!.events.max ?? 0) < 10) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
