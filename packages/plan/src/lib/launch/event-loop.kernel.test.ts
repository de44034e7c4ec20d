import { spawn } from "node:child_process";
import { once } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { describe, expect, test } from "vitest";
import { layouts } from "@x/syscall";
import { container } from "../../testing/container.ts";
import { step } from "../step.ts";
import { struct } from "../value.ts";
import { launch } from "./launch.ts";

describe("the event loop", () => {
  const [BEFORE, AFTER] = [100, 100];
  const pause = struct(layouts.timespec, { nsec: BEFORE * 1e6 });

  test("turns while the launcher works and while the container runs", async () => {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    const longest: number[] = [];
    for (let i = 0; i < 9; i++) {
      delay.reset();
      delay.enable();
      const begin = performance.now();
      const script = `sleep ${AFTER / 1000}`;
      const plan = container(script, step("nanosleep", [pause, null]));
      await using launched = await launch(plan, { stdio: "ignore" });
      expect(await launched.exited).toEqual({ code: 0, signal: null });
      expect(performance.now() - begin).toBeGreaterThan(BEFORE + AFTER);
      delay.disable();
      longest.push(delay.max / 1e6);
    }
    // Most of the nine, for a busy machine may take its time with one or the other.
    expect(median(longest)).toBeLessThan(BEFORE / 2);
  });

  test("is blocked by a launch about as long as by a spawn of Node's own", async () => {
    const launches: number[] = [];
    const spawns: number[] = [];
    for (let i = 0; i < 50; i++) {
      const begin = performance.now();
      const launching = launch(container("exit 0"), { stdio: "ignore" });
      launches.push(performance.now() - begin);
      await (
        await launching
      ).exited;
      const next = performance.now();
      const child = spawn("/bin/true", { stdio: "ignore" });
      spawns.push(performance.now() - next);
      await once(child, "exit");
    }
    expect(median(launches)).toBeLessThan(5 * median(spawns));
  });
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
