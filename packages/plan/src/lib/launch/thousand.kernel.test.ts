import { readdirSync, readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, test } from "vitest";
import type { Exit } from "@x/syscall";
import { PlanError } from "../error.ts";
import { exec, type Plan } from "../step.ts";
import { container } from "../../testing/container.ts";
import { launch, type LaunchOptions } from "./launch.ts";

const ROUNDS = 100;
/** Of a hundred launches each. */
const SAMPLES = 10;
const KiB = 1024;

/** Numbers of the first steps of a container. */
const [FORK, NAME] = [1, 2];
const again = container("exit 4");
const sleeping: Plan = [exec(["/bin/sleep"], ["sleep", "60"], [])];

/** All that can become of a launch, ten ways; none leaves an orphan to somebody else. */
const ways: readonly (readonly [what: string, ended: () => Promise<string>])[] = [
  ["exits 0", () => ending(container("exit 0"))],
  ["exits 3", () => ending(container("exit 3"), { trace: true })],
  ["exits 4", () => ending(again)],
  ["is ended by SIGKILL", killed],
  ["EIO at step 2", () => ending(container(":"), { inject: { step: NAME, errno: "EIO" } })],
  ["EPERM at step 1", () => ending(container(":"), { inject: { step: FORK, errno: "EPERM" } })],
  ["X_LAUNCHER_DIED", () => ending(container(":"), { inject: { step: FORK, kill: true } })],
  ["X_LAUNCHER_DIED", () => ending(container(":"), { inject: { step: NAME, kill: true } })],
  ["ENOENT at step 3", () => ending([exec(["/no/such"], ["such"], [])])],
  ["AbortError", aborted],
];

async function ending(plan: Plan, options: LaunchOptions = {}): Promise<string> {
  try {
    await using launched = await launch(plan, { stdio: "ignore", ...options });
    return inWords(await launched.exited);
  } catch (error) {
    if (error instanceof PlanError) {
      return error.index === undefined ? error.code : `${error.code} at step ${error.index}`;
    }
    return (error as Error).name;
  }
}

async function killed(): Promise<string> {
  await using launched = await launch(container("while :; do sleep 60; done"));
  launched.kill("SIGKILL");
  return inWords(await launched.exited);
}

function aborted(): Promise<string> {
  const controller = new AbortController();
  const end = ending(sleeping, { signal: controller.signal });
  controller.abort();
  return end;
}

function inWords({ code, signal }: Exit): string {
  return signal === null ? `exits ${code}` : `is ended by ${signal}`;
}

interface Sample {
  readonly descriptors: number;
  readonly zombies: readonly string[];
  /** Bytes of objects and buffers that are still in use. */
  readonly heap: number;
  readonly resident: number;
}

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

async function sample(): Promise<Sample> {
  // Twice: what the first has found dead may be let go of, by its finalizer, only after it.
  for (let i = 0; i < 2; i++) {
    collectGarbage();
    await setImmediate();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    descriptors: readdirSync("/proc/self/fd").length,
    zombies: readdirSync("/proc").filter(isZombieOfOurs),
    heap: heapUsed + external,
    resident: rss,
  };
}

function isZombieOfOurs(pid: string): boolean {
  try {
    const [, state, parent] =
      /\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "latin1")) ?? [];
    return state === "Z" && Number(parent) === process.pid;
  } catch {
    return false; // no process, or gone meanwhile
  }
}

describe("a thousand launches in one process", () => {
  const endings: string[][] = [];
  const samples: Sample[] = [];

  beforeAll(async () => {
    await rounds(ROUNDS / 4);
    endings.length = 0;
    samples.push(await sample());
    for (let i = 0; i < SAMPLES; i++) {
      await rounds(ROUNDS / SAMPLES);
      samples.push(await sample());
    }
  });

  /** Half of the ways at once, then the other half. */
  async function rounds(count: number): Promise<void> {
    const half = ways.length / 2;
    for (let round = 0; round < count; round++) {
      const one = await Promise.all(ways.slice(0, half).map(([, ended]) => ended()));
      const other = await Promise.all(ways.slice(half).map(([, ended]) => ended()));
      endings.push([...one, ...other]);
    }
  }

  test("end as each of them must", () => {
    expect(endings).toEqual(Array(ROUNDS).fill(ways.map(([what]) => what)));
  });

  test("leave as many descriptors open as there were", () => {
    const counts = samples.map(({ descriptors }) => descriptors);
    expect(counts).toEqual(counts.map(() => counts[0]));
  });

  test("leave no child that is not reaped", () => {
    expect(samples.flatMap(({ zombies }) => zombies)).toEqual([]);
  });

  test("keep less than a kilobyte each", () => {
    expect(growth(({ heap }) => heap)).toBeLessThan(1000 * KiB);
    // What has been freed stays with the allocators of V8 and of C, which settle after some thousand.
    expect(growth(({ resident }) => resident)).toBeLessThan(24 * 1000 * KiB);
  });

  /** From the first three samples to the last three, whose middle ones no single spike moves. */
  function growth(bytes: (one: Sample) => number): number {
    return median(samples.slice(-3).map(bytes)) - median(samples.slice(0, 3).map(bytes));
  }
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
