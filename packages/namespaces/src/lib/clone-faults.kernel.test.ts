import { explainLines, launch } from "@x/plan";
import { describe, expect, test } from "vitest";
import { children, descriptors } from "../testing/left-behind.ts";
import { cloneSteps } from "./clone-steps.ts";
import { idMapWriters } from "./id-map-writers.ts";
import { identity } from "./identity.ts";
import { allKinds } from "./kinds.ts";

const who = identity();
const maps = {
  uidMappings: [{ containerID: 0, hostID: who.uid, size: 1 }],
  gidMappings: [{ containerID: 0, hostID: who.gid, size: 1 }],
};
const plan = cloneSteps(["true"], {
  namespaces: allKinds,
  parent: process.pid,
  env: {},
  hostname: "box",
  timeOffsets: { boottime: { secs: 1 } },
  cwd: "/",
  idMaps: { ...maps, writers: idMapWriters(maps, who) },
});
const lines = explainLines(plan);
/** From here on the command may be on its way already. */
const last = lines.findIndex(({ text }) => text === "close_range(0, 2, 0)");
const steps = lines.slice(0, last);

describe("a clone that fails at any step says so and leaves nothing", () => {
  test.each(steps)("$index $text", async ({ index }) => {
    await expectNothingLeft(async () => {
      await expect(launch(plan, { inject: { step: index, errno: "EIO" } })).rejects.toMatchObject({
        name: "PlanError",
        code: "EIO",
        index,
      });
    });
  });
});

describe("a launcher or child that is killed at any step leaves nothing", () => {
  // Killed right before execve(2), it has said that it is ready: that is how the command ended.
  test.each(steps.filter(({ syscall }) => syscall !== "execve"))(
    "$index $text",
    async ({ index }) => {
      await expectNothingLeft(async () => {
        await expect(launch(plan, { inject: { step: index, kill: true } })).rejects.toMatchObject({
          name: "PlanError",
        });
      });
    },
  );
});

async function expectNothingLeft(attempt: () => Promise<void>): Promise<void> {
  const before = { descriptors: descriptors(), children: children() };
  await attempt();
  await new Promise((resolve) => setImmediate(resolve));
  expect({ descriptors: descriptors(), children: children() }).toEqual(before);
}
