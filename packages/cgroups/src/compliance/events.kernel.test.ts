import { expect, test } from "vitest";
import { createCgroup, type CgroupEventKind } from "../index.ts";
import { gated, gatedShell } from "../testing/gated.ts";
import { host, titled, whyNot } from "../testing/host.ts";

const no = whyNot() ?? (host?.mode === "v1" ? "v1 announces nothing by inotify" : undefined);
const notV2 =
  no ?? (host?.mode === "v2" ? undefined : "memory and pids of v1 announce nothing by inotify");

test.skipIf(no)(
  titled("processes that come and go, freezing and thawing are announced", no),
  async () => {
    const group = await createCgroup();
    const seen: CgroupEventKind[] = [];
    const watching = (async () => {
      for await (const { kind } of group.events()) seen.push(kind);
    })();
    const sleeper = await gatedShell(group, "exec sleep 60");
    await expect.poll(() => seen).toEqual(["populated"]);
    await group.freeze();
    await expect.poll(() => seen).toEqual(["populated", "frozen"]);
    await group.thaw();
    await expect.poll(() => seen).toEqual(["populated", "frozen", "thawed"]);
    await sleeper[Symbol.asyncDispose]();
    await expect.poll(() => seen.at(-1)).toBe("empty");
    await group.delete();
    await watching; // the loop ends with the group
  },
);

test.skipIf(notV2)(
  titled("a process that is killed for want of memory is announced", notV2),
  async () => {
    await using group = await createCgroup({ memory: { limit: "64MiB", swap: "64MiB" } });
    const events = group.events({ kinds: ["oomKill"] });
    await using greedy = await gated(
      group,
      "const a = []; for (;;) a.push(Buffer.alloc(1048576, 1))",
    );
    expect((await events.next()).value).toEqual({ kind: "oomKill", count: 1 });
    expect((await greedy.exited).signal).toBe("SIGKILL");
    await events.return!();
  },
);

test.skipIf(notV2)(titled("a fork that fails at the limit is announced", notV2), async () => {
  await using group = await createCgroup({ pids: { limit: 1 } });
  const events = group.events({ kinds: ["pidsMax"] });
  await using shell = await gatedShell(group, "(true) 2>/dev/null; sleep 9");
  expect((await events.next()).value).toMatchObject({ kind: "pidsMax" });
  await events.return!();
  expect(shell.lines).toEqual([]);
});

test.skipIf(no || host?.mode === "v2")(
  "on a host with v1 memory an oom event is refused by name",
  async () => {
    await using group = await createCgroup();
    expect(() => group.events({ kinds: ["oom"] })).toThrow(/notify/);
  },
);

test.skipIf(no)(titled("an abort ends the loop with its reason", no), async () => {
  await using group = await createCgroup();
  const reason = new Error("enough");
  const abort = new AbortController();
  const next = group.events({ signal: abort.signal }).next();
  abort.abort(reason);
  await expect(next).rejects.toBe(reason);
});
