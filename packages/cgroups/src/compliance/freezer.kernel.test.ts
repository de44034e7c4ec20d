import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createCgroup } from "../index.ts";
import { gated } from "../testing/gated.ts";
import { titled, whyNot } from "../testing/host.ts";

const no = whyNot("freezer");

test.skipIf(no)(
  titled("a counter stops when its group is frozen, and goes on when it is thawed", no),
  async () => {
    await using group = await createCgroup();
    await using counter = await gated(group, "let i = 0; setInterval(() => console.log(i++), 5)");
    await counter.line();
    await group.freeze();
    expect(group.frozen).toBe(true);
    await sleep(50); // what it had printed before
    const stopped = counter.lines.length;
    await sleep(200);
    expect(counter.lines).toHaveLength(stopped);
    await group.thaw();
    expect(group.frozen).toBe(false);
    await counter.line();
    expect(counter.lines.length).toBeGreaterThan(stopped);
  },
);

test.skipIf(no)(titled("what is frozen can be killed", no), async () => {
  await using group = await createCgroup();
  await using counter = await gated(group, "setInterval(() => console.log(1), 5)");
  await counter.line();
  await group.freeze();
  await group.kill();
  expect((await counter.exited).signal).toBe("SIGKILL");
});
