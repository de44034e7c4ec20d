import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createCgroup } from "../../index.ts";
import { gated, gatedShell } from "../../testing/gated.ts";
import { host, whyNot } from "../../testing/host.ts";
import { memoryPressureLevel, type MemoryPressureLevel } from "./memory-pressure-level.ts";
import { threshold } from "./threshold.ts";

const no = whyNot("memory") ?? (host?.mode === "v2" ? "v2 has no such events" : undefined);
const skipped = no === undefined ? "" : ` (skipped: ${no})`;
const MiB = 1_048_576;
const descriptors = (): number => readdirSync("/proc/self/fd").length;

describe.skipIf(no)(`a memory threshold of v1${skipped}`, () => {
  test("tells crossing it up and down", async () => {
    await using group = await createCgroup({});
    await using events = threshold(group, "64MiB");
    await using process = await gated(
      group,
      `let all = Buffer.alloc(${128 * MiB}, 1); setInterval(() => all.length, 1000)`,
    );
    const up = (await events.next()).value;
    expect(up).toMatchObject({ kind: "threshold", bytes: 64 * MiB, above: true });
    expect(up.usage).toBeGreaterThanOrEqual(64 * MiB);
    await process[Symbol.asyncDispose]();
    for await (const { above, usage } of events) {
      if (above) continue;
      expect(usage).toBeLessThan(64 * MiB);
      break;
    }
  });

  test("tells at once when it is crossed already", async () => {
    await using group = await createCgroup({});
    await using process = await gated(
      group,
      `let all = Buffer.alloc(${64 * MiB}, 1); console.log("there"); setInterval(() => all.length, 1000)`,
    );
    await process.line();
    const before = descriptors();
    for await (const { above, usage } of threshold(group, 32 * MiB)) {
      expect(above).toBe(true);
      expect(usage).toBeGreaterThan(32 * MiB);
      break;
    }
    expect(descriptors()).toBe(before);
  });

  test("ends the loop with the group, and by an abort, and leaves no descriptor", async () => {
    const group = await createCgroup({});
    const before = descriptors();
    const abort = new AbortController();
    const aborted = threshold(group, "1GiB", { signal: abort.signal }).next();
    const ended = threshold(group, "1GiB").next();
    abort.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    await group.delete();
    expect(await ended).toEqual({ value: undefined, done: true });
    expect(descriptors()).toBeLessThanOrEqual(before);
  });

  test("is refused for what is no amount", async () => {
    await using group = await createCgroup({});
    expect(() => threshold(group, "lots" as "1MiB")).toThrow(
      expect.objectContaining({ code: "X_CGROUP_INVALID", field: "bytes" }),
    );
  });
});

describe.skipIf(no)(`memory pressure of v1${skipped}`, () => {
  test("is told while memory is reclaimed", async () => {
    await using group = await createCgroup({ memory: { limit: "32MiB" } });
    const folder = mkdtempSync(join(tmpdir(), "x-pressure-"));
    try {
      await using events = memoryPressureLevel(group, "low");
      await using writer = await gatedShell(
        group,
        `dd if=/dev/zero of=${folder}/file bs=1M count=256 2>&-`,
      );
      expect((await events.next()).value).toEqual({ kind: "memoryPressure", level: "low" });
      await writer.exited;
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("is told once it is critical, before a process is killed", async () => {
    await using group = await createCgroup({ memory: { limit: "64MiB", swap: "64MiB" } });
    await using events = memoryPressureLevel(group, "critical", { mode: "local" });
    await using greedy = await gated(
      group,
      "const all = []; for (;;) all.push(Buffer.alloc(1048576, 1))",
    );
    expect((await events.next()).value).toEqual({ kind: "memoryPressure", level: "critical" });
    await greedy.exited;
  });

  test("ends the loop with the group, and leaves no descriptor", async () => {
    const group = await createCgroup({});
    const before = descriptors();
    const modes = ["default", "hierarchy", "local"] as const;
    const all = modes.map((mode) => memoryPressureLevel(group, "medium", { mode }).next());
    await group.delete();
    for (const one of all) expect((await one).done).toBe(true);
    expect(descriptors()).toBeLessThanOrEqual(before);
  });

  test("is refused for a level or mode that there is not", async () => {
    await using group = await createCgroup({});
    expect(() => memoryPressureLevel(group, "high" as MemoryPressureLevel)).toThrow(
      expect.objectContaining({ code: "X_CGROUP_INVALID", field: "level" }),
    );
  });
});

const notV2 = whyNot("memory") ?? (host?.mode === "v2" ? undefined : "v1 has the memory here");

test.skipIf(notV2)(
  `what only v1 announces is refused on v2, with what there is instead${notV2 ? ` (skipped: ${notV2})` : ""}`,
  async () => {
    await using group = await createCgroup({});
    expect(() => threshold(group, "1MiB")).toThrow(
      expect.objectContaining({
        code: "X_CGROUP_UNSUPPORTED",
        hint: expect.stringMatching(/memory\.high/),
      }),
    );
    expect(() => memoryPressureLevel(group, "low")).toThrow(
      expect.objectContaining({
        code: "X_CGROUP_UNSUPPORTED",
        hint: expect.stringMatching(/pressure/),
      }),
    );
  },
);
