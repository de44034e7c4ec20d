import { beforeAll, describe, expect, test } from "vitest";
import { explainLines, launch, PlanError, type Inject } from "@x/plan";
import type { Exit } from "@x/syscall";
import { leftovers, type Leftovers } from "../testing/leaks.ts";
import { start, planOf } from "./start.ts";
import type { Sandbox } from "./sandbox.ts";

const sandbox: Sandbox = { root: "host", args: ["true"] };
const lines = explainLines(planOf(sandbox));
/**
 * The launcher has fallen silent, or the command is about to take over: what happens from here on
 * is how the run ends, unless the container was not ready yet.
 */
const mayBeUnderWay = (index: number): boolean =>
  index >= lines.length - 1 || lines[index - 1]!.syscall === "execve";

let before: Leftovers;

beforeAll(async () => {
  // Whatever is opened once and kept (koffi, event loop) is open before the count.
  await (
    await start(sandbox, { stdio: "ignore" })
  ).exited;
  before = leftovers();
});

/** The error of a launch with a fault; of one that was under way, how it ended. */
async function outcomeOf(inject: Inject): Promise<unknown> {
  try {
    const container = await launch(planOf(sandbox), { stdio: "ignore", inject });
    return await container.exited;
  } catch (error) {
    return error;
  }
}

const titles = lines.map(({ index, text }) => [index, text.slice(0, 60)] as const);

describe("whatever step of the default plan fails", () => {
  test.each(titles)("step %i, %s: the error names it, and nothing is left", async (index) => {
    const outcome = await outcomeOf({ step: index, errno: "EIO" });
    if (index === lines.length) expect(ending(outcome)).toMatch(/^125$|^X_/);
    else expect(outcome).toMatchObject({ name: "PlanError", code: "EIO", errno: -5, index });
  });
});

describe("wherever the launcher is killed", () => {
  test.each(titles)("at step %i, %s: the error says so, and nothing is left", async (index) => {
    const outcome = await outcomeOf({ step: index, kill: true });
    // The container may notice first: its check that the launcher lives fails then.
    const died = "^X_LAUNCHER_DIED$|^X_PLAN_UNEXPECTED$";
    const expected = mayBeUnderWay(index) ? `${died}|^SIGKILL$` : died;
    expect(ending(outcome)).toMatch(new RegExp(expected));
  });
});

function ending(outcome: unknown): string {
  if (outcome instanceof PlanError) return outcome.code;
  const { code, signal } = outcome as Exit;
  return String(signal ?? code);
}

// What its launcher's death kills needs a moment to be gone.
test("after all that there is what there was before: descriptors, mounts, processes, files", async () => {
  await expect.poll(leftovers, { timeout: 10_000 }).toEqual(before);
});
