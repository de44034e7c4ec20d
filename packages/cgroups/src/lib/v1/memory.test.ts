import { describe, expect, test } from "vitest";
import type { Conversion } from "../controller.ts";
import type { MemoryLimits } from "../resources.ts";
import { memory } from "./memory.ts";
import { filesOf, lines, refusal } from "./testing/context.ts";

const none = "9223372036854771712";

describe("memory of v1", () => {
  test("has a soft limit, swappiness and an OOM killer to switch off", () => {
    const limits = { reservation: "1MiB", swappiness: 10, disableOOMKiller: true } as const;
    expect(lines(memory, { memory: limits })).toEqual([
      "memory.soft_limit_in_bytes=1048576",
      "memory.swappiness=10",
      "memory.oom_control=1",
    ]);
    expect(lines(memory, { memory: { reservation: "max", disableOOMKiller: false } })).toEqual([
      "memory.soft_limit_in_bytes=-1",
      "memory.oom_control=0",
    ]);
  });

  test("takes v2's low as its soft limit if conversions are asked for", () => {
    const conversions: Conversion[] = [];
    const low = (bytes: number | "max") =>
      lines(memory, { memory: { low: bytes } }, { conversions });
    expect(low(4096)).toEqual(["memory.soft_limit_in_bytes=4096"]);
    expect(low(0)).toEqual(["memory.soft_limit_in_bytes=-1"]);
    expect(low("max")).toEqual(["memory.soft_limit_in_bytes=-1"]);
    expect(conversions.map(({ to }) => to)).toEqual([
      "memory.reservation = 4096",
      "memory.reservation = max",
      "memory.reservation = max",
    ]);
    expect(refusal(memory, { memory: { low: 1 } })).toBe("X_CGROUP_UNSUPPORTED memory.low");
    expect(lines(memory, { memory: { low: 1, reservation: 8192 } })).toEqual([
      "memory.soft_limit_in_bytes=8192",
    ]);
  });

  test("refuses by name what only v2 does, unless it is what v1 does anyway", () => {
    for (const limits of [{ min: 1 }, { high: 1 }, { oomGroup: true }] as MemoryLimits[]) {
      const [field] = Object.keys(limits);
      expect(refusal(memory, { memory: limits })).toBe(`X_CGROUP_UNSUPPORTED memory.${field}`);
    }
    const same: MemoryLimits = { min: 0, high: "max", oomGroup: false };
    expect(lines(memory, { memory: same })).toEqual([]);
  });

  test("limits kernel memory only where the kernel would do it", () => {
    const kernel = { memory: { kernel: 4096 } };
    const file = { "memory.kmem.limit_in_bytes": none };
    expect(refusal(memory, kernel)).toBe("X_CGROUP_UNSUPPORTED memory.kernel");
    expect(lines(memory, kernel, { files: file })).toEqual(["memory.kmem.limit_in_bytes=4096"]);
    expect(refusal(memory, kernel, { files: { ...file, "memory.stat": "swapcached 0" } })).toBe(
      "X_CGROUP_UNSUPPORTED memory.kernel",
    );
    expect(lines(memory, { memory: { kernel: "max", kernelTCP: "max" } })).toEqual([]);
    expect(refusal(memory, { memory: { kernelTCP: 1 } })).toBe(
      "X_CGROUP_UNSUPPORTED memory.kernelTCP",
    );
  });

  test("reads what is set, none as max", () => {
    const files = {
      "memory.limit_in_bytes": "33554432",
      "memory.memsw.limit_in_bytes": none,
      "memory.soft_limit_in_bytes": "9223372036854710272",
      "memory.swappiness": "60",
      "memory.oom_control": "oom_kill_disable 1\nunder_oom 0\noom_kill 0",
    };
    expect(memory.limits!(filesOf(files))).toEqual({
      memory: {
        limit: 33554432,
        swap: "max",
        reservation: "max",
        swappiness: 60,
        disableOOMKiller: true,
      },
    });
  });

  test("tells memory and swap apart, and out-of-memory kills", () => {
    const files = {
      "memory.usage_in_bytes": "1000",
      "memory.max_usage_in_bytes": "2000",
      "memory.limit_in_bytes": "4096",
      "memory.memsw.usage_in_bytes": "1500",
      "memory.memsw.limit_in_bytes": "8192",
      "memory.failcnt": "7",
      "memory.oom_control": "oom_kill_disable 0\nunder_oom 1\noom_kill 2",
    };
    const read = memory.stat!.memory!;
    expect(read(filesOf(files))).toEqual({
      current: 1000,
      peak: 2000,
      limit: 4096,
      swapCurrent: 500,
      swapLimit: 4096,
      events: { max: 7, oomKill: 2, underOom: true },
    });
    const later = read(filesOf({ ...files, "memory.memsw.usage_in_bytes": "900" }));
    expect(later?.swapCurrent).toBe(0);
    expect(read(filesOf({}))).toBeUndefined();
  });

  test("has the details of the whole subtree by the names of v2", () => {
    const text = "cache 1\nrss 2\ntotal_cache 30\ntotal_rss 40\ntotal_pgmajfault 5";
    expect(memory.stat!.memoryStat!(filesOf({ "memory.stat": text }))).toEqual({
      anon: 40,
      file: 30,
      pgmajfault: 5,
      raw: { cache: 1, rss: 2, total_cache: 30, total_rss: 40, total_pgmajfault: 5 },
    });
  });
});
