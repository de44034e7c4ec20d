import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Controller, SettingContext } from "../controller.ts";
import { DirectoryFiles } from "../group/directory-files.ts";
import { writeFile } from "../group/write-file.ts";
import { readMachine } from "../machine.ts";
import type { Resources } from "../resources.ts";
import { validate } from "../validate.ts";
import { v2 } from "./controllers.ts";
import { core } from "./core.ts";
import { firstDisk, treeRoot, unless, whyNot, words } from "./real-tree.ts";

const root = treeRoot ?? "";
const directory = `${root}/x-accepts-${process.pid}`;
const disk = firstDisk();
const hasTwoCpus = readMachine().cpus.includes(1);
const MiB = 1_048_576;

/** What each controller is given, one after the other; what no machine is sure to have is missing. */
const steps: Readonly<Record<string, readonly Resources[]>> = {
  cpu: [
    { cpu: { weight: 50, quota: 20_000, period: 50_000, burst: 10_000 } },
    { cpu: { quota: 5000, burst: 1000 } },
    { cpu: { period: 100_000 } },
    { cpu: { idle: true } },
    { cpu: { idle: false, weight: 7, quota: "max", burst: 0 } },
  ],
  cpuset: [
    { cpu: { cpus: "0", mems: "0", partition: "member" } },
    ...(hasTwoCpus ? [{ cpu: { cpus: "1", partition: "root" } } as const] : []),
    { cpu: { partition: "member" } },
  ],
  memory: [
    { memory: { limit: 64 * MiB, high: 32 * MiB, low: 2 * MiB, min: MiB, oomGroup: true } },
    { memory: { limit: "max", high: "max", low: 0, min: 0, oomGroup: false } },
  ],
  io: [{ blockIO: { weight: 500 } }],
  pids: [{ pids: { limit: 20 } }, { pids: { limit: "max" } }],
  hugetlb: ([1024 * MiB, "max"] as const).map((limit) => ({
    hugepageLimits: readMachine().pageSizes.map((pageSize) => ({ pageSize, limit })),
  })),
};
const able = v2.filter(({ settings, limits }) => settings !== undefined && limits !== undefined);

describe.skipIf(whyNot() !== undefined)(`${unless(whyNot(), "a v2 group of this kernel")}`, () => {
  const files = new DirectoryFiles(directory);
  const parent = new DirectoryFiles(root);
  const context: SettingContext = { files, parent, fresh: false, convert: () => {} };
  let child: ChildProcess;

  beforeAll(async () => {
    // They stay so: by now somebody else's groups may need them.
    for (const name of words(`${root}/cgroup.controllers`)) {
      writeFile(`${root}/cgroup.subtree_control`, `+${name}`);
    }
    mkdirSync(directory);
    child = spawn("sleep", ["600"]);
    await once(child, "spawn");
    writeFile(`${directory}/cgroup.procs`, `${child.pid}`);
  });

  afterAll(async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
    files.close();
    parent.close();
    await vi.waitFor(() => rmdirSync(directory));
  });

  /** Writes settings as a handle does, and says what is set then. */
  function set(resources: Resources, { settings, limits }: Controller): Resources | undefined {
    validate(resources, readMachine());
    for (const { file, value, field } of settings?.(resources, context) ?? []) {
      writeFile(`${directory}/${file}`, value, field);
    }
    return limits?.(files);
  }

  describe.each(able)("$name", (controller) => {
    const reason = whyNot(controller.name);

    const asked = steps[controller.name] ?? [];
    const nothing = reason ?? (asked.length === 0 ? "what it counts is not there" : undefined);
    test.skipIf(nothing)(unless(nothing, "takes what is asked for and says so"), () => {
      for (const step of asked) {
        expect(set(step, controller)).toMatchObject(step);
      }
    });

    test.skipIf(reason)(unless(reason, "takes what it says again and changes nothing"), () => {
      const before = controller.limits?.(files) ?? {};
      expect(set(before, controller)).toEqual(before);
    });

    test.skipIf(reason)(unless(reason, "tells its usage in whole numbers"), () => {
      for (const part of Object.values(controller.stat ?? {})) expectWhole(part(files));
    });
  });

  const noDisk = whyNot("io") ?? (disk === undefined ? "this machine has no disk" : undefined);
  const device = { major: disk?.major ?? 0, minor: disk?.minor ?? 0 };
  const io = v2.find(({ name }) => name === "io")!;

  test.skipIf(noDisk)(unless(noDisk, "keeps one rate of a disk when another is set"), () => {
    const read = { throttleReadBpsDevice: [{ ...device, rate: MiB }] };
    const write = { throttleWriteIOPSDevice: [{ ...device, rate: 100 }] };
    set({ blockIO: read }, io);
    expect(set({ blockIO: write }, io)).toMatchObject({ blockIO: { ...read, ...write } });
  });

  test.skipIf(noDisk)(unless(noDisk, "weighs a disk, or names the weight nothing keeps"), () => {
    const weights = { blockIO: { weightDevice: [{ ...device, weight: 1000 }] } };
    const costs = parent.read("io.cost.qos")?.includes(`${device.major}:${device.minor} enable=1`);
    if (costs === true || files.read("io.bfq.weight") !== undefined) {
      expect(set(weights, io)).toMatchObject(weights);
      return;
    }
    const field = "blockIO.weightDevice[0].weight";
    expect(() => set(weights, io)).toThrow(expect.objectContaining({ field }));
  });

  const noMemory = whyNot("memory");
  test.skipIf(noMemory)(unless(noMemory, "limits swap with memory, or says it cannot"), () => {
    const memory = v2.find(({ name }) => name === "memory")!;
    const limits = { memory: { limit: 64 * MiB, swap: 96 * MiB } };
    const attempt = (): unknown => set(limits, memory);
    if (files.read("memory.swap.max") === undefined) {
      expect(attempt).toThrow(expect.objectContaining({ code: "X_CGROUP_UNSUPPORTED" }));
      return;
    }
    expect(attempt()).toMatchObject(limits);
    expect(set({ memory: { swap: 64 * MiB } }, memory)).toMatchObject({
      memory: { limit: 64 * MiB, swap: 64 * MiB },
    });
    expect(files.read("memory.swap.max")).toBe("0");
  });

  test("counts its time, its members and its pressure", () => {
    const { cpu, cgroup, pressure } = core.stat;
    expectWhole(cpu?.(files));
    expect(cgroup?.(files)).toMatchObject({ populated: true, frozen: false, descendants: 0 });
    const some = { totalUsec: expect.any(Number) };
    const kept = files.read("cpu.pressure") !== undefined;
    expect(pressure?.(files)).toMatchObject(kept ? { cpu: { some }, memory: { some } } : {});
  });
});

/** There is something, and all numbers in it are whole. */
function expectWhole(part: unknown): void {
  expect(part).toBeDefined();
  JSON.stringify(part, (_, value: unknown) => {
    if (typeof value === "number") expect(value).toSatisfy(Number.isSafeInteger);
    return value;
  });
}
