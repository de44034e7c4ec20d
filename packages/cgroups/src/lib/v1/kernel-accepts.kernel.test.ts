import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Controller, Files, SettingContext } from "../controller.ts";
import { detect } from "../hierarchy/detect.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import type { Resources } from "../resources.ts";
import type { Stat, StatPart } from "../stat.ts";
import { v1 } from "./controllers.ts";

const hierarchies = process.platform === "linux" ? detect().all : [];
const device = process.platform === "linux" ? rootDevice() : undefined;

/** Limits that this machine can keep, and that differ from the kernel's defaults. */
const typical: Readonly<Record<string, Resources>> = {
  cpu: { cpu: { shares: 512, quota: 50_000, period: 100_000, burst: 10_000, idle: false } },
  cpuset: { cpu: { cpus: "0", mems: "0" } },
  memory: {
    memory: {
      limit: 64 << 20,
      swap: 96 << 20,
      reservation: 32 << 20,
      kernelTCP: 16 << 20,
      swappiness: 10,
      disableOOMKiller: true,
    },
  },
  devices: {
    devices: [
      { allow: false },
      { allow: true, type: "b", access: "m" },
      { allow: true, type: "c", access: "m" },
      { allow: true, type: "c", major: 1, minor: 3, access: "rwm" },
    ],
  },
  net_cls: { network: { classID: 0x10_0001 } },
  net_prio: { network: { priorities: [{ name: "lo", priority: 3 }] } },
  pids: { pids: { limit: 10 } },
  hugetlb: { hugepageLimits: [{ pageSize: "2MB", limit: 4 << 20 }] },
};

/** Weights are BFQ's, which not every kernel has; a root directory need not be on a disk. */
function throttles(group: string): Resources {
  const disk = {
    throttleReadBpsDevice: [{ ...device!, rate: 1 << 20 }],
    throttleWriteIOPSDevice: [{ ...device!, rate: 100 }],
  };
  const weight = existsSync(`${group}/blkio.bfq.weight`) ? { weight: 200 } : {};
  return { blockIO: { ...weight, ...(device === undefined ? {} : disk) } };
}

describe.each(v1)("$name of this kernel's v1", (controller) => {
  const hierarchy = hierarchies.find(
    ({ version, controllers }) => version === 1 && controllers.includes(controller.name),
  );
  const reason = whyNot(hierarchy);
  const title = (sentence: string): string =>
    reason === undefined ? sentence : `${sentence} (skipped: ${reason})`;
  const above = hierarchy?.mountpoint ?? "";
  const group = `${above}/x-kernel-accepts-${process.pid}-${controller.name}`;

  beforeAll(() => {
    if (reason === undefined) mkdirSync(group);
  });
  afterAll(() => {
    if (reason === undefined) rmdirSync(group);
  });

  test.skipIf(reason !== undefined)(title("takes a typical description and reads it back"), () => {
    const wanted = controller.name === "io" ? throttles(group) : (typical[controller.name] ?? {});
    put(controller, wanted, group, above, true);
    const found = (controller.limits?.(filesIn(group)) ?? {}) as Record<string, unknown>;
    for (const [name, value] of Object.entries(wanted)) {
      if (Array.isArray(value)) expect(found[name]).toEqual(expect.arrayContaining(value));
      else expect(found[name]).toMatchObject(value);
    }
  });

  test.skipIf(reason !== undefined)(title("takes what it said itself, and stays as it was"), () => {
    const before = controller.limits?.(filesIn(group)) ?? {};
    put(controller, before, group, above, false);
    expect(controller.limits?.(filesIn(group)) ?? {}).toEqual(before);
  });

  test.skipIf(reason !== undefined)(title("tells statistics that are numbers"), () => {
    for (const [part, read] of Object.entries(controller.stat ?? {})) {
      const stat = read(filesIn(group)) as Stat[StatPart] | undefined;
      expect(stat, part).toBeDefined();
      expect(notNumbers(stat), part).toEqual([]);
    }
  });
});

function put(
  controller: Controller,
  resources: Resources,
  group: string,
  above: string,
  fresh: boolean,
): void {
  const context: SettingContext = {
    files: filesIn(group),
    parent: filesIn(above),
    fresh,
    convert: ({ field }) => expect.unreachable(`${field} is converted`),
  };
  for (const { file, value } of controller.settings?.(resources, context) ?? []) {
    writeFileSync(`${group}/${file}`, value);
  }
}

function filesIn(directory: string): Files {
  return {
    read(file) {
      const path = `${directory}/${file}`;
      return existsSync(path) ? readFileSync(path, "latin1").replace(/\n$/, "") : undefined;
    },
  };
}

/** Paths of numbers that are none. */
function notNumbers(value: unknown, path = ""): string[] {
  if (typeof value === "number") return Number.isFinite(value) && value >= 0 ? [] : [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => notNumbers(one, `${path}.${key}`));
}

function whyNot(hierarchy: Hierarchy | undefined): string | undefined {
  if (hierarchy === undefined) return "not mounted as v1 here";
  if (hierarchy.readonly) return "mounted read-only";
  return process.getuid?.() === 0 ? undefined : "not root";
}

/** The disk below the root directory, when it is one that can be throttled. */
function rootDevice(): { major: number; minor: number } | undefined {
  const { dev } = statSync("/");
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  return existsSync(`/sys/dev/block/${major}:${minor}`) ? { major, minor } : undefined;
}
