import { launch, step, struct, type Plan, type Step } from "@x/plan";
import { layouts } from "@x/syscall";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { children } from "../testing/left-behind.ts";
import { outcome, printed } from "../testing/outcome.ts";
import { clone } from "./clone.ts";
import { enter } from "./enter.ts";
import { enterSteps } from "./enter-steps.ts";
import type { NamespacedProcess } from "./process.ts";
import { openTarget } from "./target.ts";

/*
 * A process that joins a container was outside a moment ago, and has its streams and a way to Node
 * open. Root inside must not be able to trace it, or look into it, before it is the command
 * (CVE-2016-9962). For a look at it at rest, its plan is held up right before the last step; and to
 * know that the looks can see something, the same is done with a plan that leaves it traceable.
 */
let target: NamespacedProcess;
beforeAll(async () => {
  target = await clone(["sleep", "600"], { namespaces: ["user", "pid", "mount", "uts"] });
});
afterAll(() => target[Symbol.asyncDispose]());

/** The plan of an `enter`, with more steps right before the command is executed. */
function joining(...more: Step[]): Plan {
  using way = openTarget(target.pid);
  const { joins } = way;
  const options = { joins, parent: process.pid, env: { PATH: "/usr/bin:/bin" }, uid: 0, gid: 0 };
  return enterSteps(["true"], options).map((one) =>
    one.kind === "fork"
      ? { ...one, child: [...one.child.slice(0, -1), ...more, ...one.child.slice(-1)] }
      : one,
  );
}

/** The positive control: leaves out what makes the launcher untraceable. */
function traceable(plan: Plan): Plan {
  const changed = plan.filter((one) => one.why !== "nobody inside can look into the launcher");
  expect(changed.length).toBe(plan.length - 1);
  return changed;
}

function run(plan: Plan, signal?: AbortSignal): ReturnType<typeof launch> {
  using way = openTarget(target.pid);
  return launch(plan, {
    descriptors: way.descriptors,
    ...(signal === undefined ? {} : { signal }),
  });
}

const pause = (milliseconds: number): Step => {
  const time = struct(layouts.timespec, { sec: 0, nsec: milliseconds * 1_000_000 });
  return step("ppoll", [null, 0, time, null, 8]);
};
const waitForever: Step = step("ppoll", [null, 0, null, null, 8]);

/** Holds a joining process up, and calls back with its pid as it is called inside. */
async function whileJoining<T>(
  change: (plan: Plan) => Plan,
  look: (pid: number) => Promise<T>,
): Promise<T> {
  const others = children();
  const controller = new AbortController();
  const joined = run(change(joining(waitForever)), controller.signal);
  try {
    return await look(
      await vi.waitFor(() => {
        const launcher = children().find((pid) => !others.includes(pid));
        const pid = Number(readFileSync(`/proc/${launcher}/task/${launcher}/children`, "utf8"));
        const status = readFileSync(`/proc/${pid}/status`, "latin1");
        expect(status).toMatch(/^State:\s+S/m);
        return Number(/^NSpid:.*\s(\d+)$/m.exec(status)?.[1]);
      }, 5_000),
    );
  } finally {
    controller.abort();
    await expect(joined).rejects.toThrow("abort");
  }
}

const untouched = (plan: Plan): Plan => plan;

describe("root inside, while a process joins", () => {
  const files = ["exe", "root", "cwd", "fd/0", "fd/1", "ns/mnt"];
  const looking = async (pid: number): Promise<string> => {
    const script = `
      for f in ${files.join(" ")}; do readlink /proc/${pid}/$f >/dev/null 2>&1 && echo $f; done
      { : </proc/${pid}/mem; } 2>/dev/null && echo mem
      cat /proc/${pid}/maps 2>/dev/null | grep -q . && echo maps
      exit 0`;
    return (await outcome(await enter(target.pid, ["sh", "-c", script]))).stdout;
  };

  test("cannot follow its links, read its memory, or its map", async () => {
    expect(await whileJoining(untouched, looking)).toBe("");
  });

  test("could, if it were traceable", async () => {
    const all = [...files, "mem", "maps"].map((file) => `${file}\n`).join("");
    expect(await whileJoining(traceable, looking)).toBe(all);
  });

  const PTRACE_SEIZE = 0x4206;
  const tracing = async (pid: number): Promise<string> => {
    try {
      await using tracer = await run(joining(step("ptrace", [PTRACE_SEIZE, pid, 0, 0])));
      await tracer.exited;
      return "traced";
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  test("cannot trace it", async () => {
    expect(await whileJoining(untouched, tracing)).toBe("EPERM");
  });

  test("could, if it were traceable", async () => {
    expect(await whileJoining(traceable, tracing)).toBe("traced");
  });
});

describe("a watcher inside, while six processes join, slowly", () => {
  const watching = async (change: (plan: Plan) => Plan): Promise<string> => {
    const script = `
      trap 'exit 0' TERM
      while :; do for p in /proc/[0-9]*; do readlink $p/exe 2>/dev/null; done; done`;
    await using watcher = await enter(target.pid, ["sh", "-c", script]);
    const seen = outcome(watcher);
    for (let i = 0; i < 6; i++) {
      await using one = await run(change(joining(pause(250))));
      await one.exited;
    }
    watcher.kill();
    return (await seen).stdout;
  };

  test("sees no launcher", async () => {
    const seen = await watching(untouched);
    expect(seen).toContain("sleep");
    expect(seen).not.toContain("x-launcher");
  });

  test("would see it, if it were traceable", async () => {
    expect(await watching(traceable)).toContain("x-launcher");
  });
});

test("a command that has been executed is as traceable as any other", async () => {
  await using child = await enter(target.pid, ["sleep", "60"]);
  const inside = /^NSpid:.*\s(\d+)$/m.exec(
    readFileSync(`/proc/${child.pid}/status`, "latin1"),
  )?.[1];
  const script = `readlink /proc/${inside}/exe`;
  expect(await printed(enter(target.pid, ["sh", "-c", script]))).toContain("sleep");
});
