import { describe, expect, test } from "vitest";
import { fromOci, type OciResources } from "./from-oci.ts";
import type { Machine } from "./machine.ts";
import type { Resources } from "./resources.ts";
import { validate } from "./validate.ts";

const machine: Machine = { cpus: [0, 1], mems: [0], pageSizes: ["2MB"] };
const sda = { major: 8, minor: 0 };

describe("OCI's way to say no limit becomes ours", () => {
  test.each<[OciResources, Resources]>([
    [{ memory: { limit: -1, swap: -1 } }, { memory: { limit: "max", swap: "max" } }],
    [{ memory: { limit: 0, swap: 0, reservation: 0 } }, { memory: {} }],
    [{ memory: { swappiness: -1 } }, { memory: {} }],
    [{ memory: { swappiness: 0 } }, { memory: { swappiness: 0 } }],
    [{ memory: { limit: 9_223_372_036_854_771_712 } }, { memory: { limit: "max" } }],
    [{ memory: { useHierarchy: true } }, { memory: {} }],
    [{ cpu: { quota: -1, period: 0, shares: 0 } }, { cpu: { quota: "max" } }],
    [{ cpu: { shares: 1 } }, { cpu: { shares: 2 } }],
    [{ cpu: { shares: 500_000 } }, { cpu: { shares: 262_144 } }],
    [{ cpu: { cpus: "", mems: "0", idle: 1 } }, { cpu: { mems: "0", idle: 1 } }],
    [{ pids: { limit: -1 } }, { pids: { limit: "max" } }],
    [{ pids: { limit: 0 } }, { pids: { limit: 0 } }],
    [{ pids: {} }, {}],
    [
      { hugepageLimits: [{ pageSize: "2MB", limit: 2 ** 64 }] },
      { hugepageLimits: [{ pageSize: "2MB", limit: "max" }] },
    ],
    [{ blockIO: { weight: 0, leafWeight: null } }, { blockIO: {} }],
    [
      { blockIO: { throttleReadBpsDevice: [{ ...sda, rate: 0 }] } },
      { blockIO: { throttleReadBpsDevice: [{ ...sda, rate: "max" }] } },
    ],
    [
      { devices: [{ allow: true, type: "c", major: -1, minor: null, access: "m" }] },
      { devices: [{ allow: true, type: "c", access: "m" }] },
    ],
    [{ cpu: null, memory: null, devices: null, unified: null }, {}],
  ])("%j", (oci, ours) => {
    expect(fromOci(oci)).toEqual(ours);
    expect(() => validate(fromOci(oci), machine)).not.toThrow();
  });
});

test("the rest is taken as it is", () => {
  const same: Resources = {
    cpu: { shares: 1024, quota: 50_000, burst: 0, period: 100_000, cpus: "0-1", mems: "0" },
    memory: { limit: 4096, swap: 8192, disableOOMKiller: false, checkBeforeUpdate: true },
    pids: { limit: 10 },
    blockIO: {
      weightDevice: [{ ...sda, weight: 10 }],
      throttleWriteIOPSDevice: [{ ...sda, rate: 5 }],
    },
    network: { classID: 1, priorities: [{ name: "lo", priority: 1 }] },
    rdma: { mlx5_0: { hcaHandles: 3 } },
    unified: { "memory.high": "max" },
  };
  expect(fromOci(same as OciResources)).toEqual(same);
});

test("properties that the specification does not know are passed over, as it demands", () => {
  expect(fromOci({ memory: { limit: 5, com_example: 1 }, banana: 2 } as never)).toEqual({
    memory: { limit: 5 },
  });
});

test.each<[string, unknown]>([
  ["memory", { memory: "256MiB" }],
  ["devices", { devices: "a" }],
  ["devices[0]", { devices: [null] }],
  ["pids", { pids: 5 }],
  ["blockIO.weightDevice", { blockIO: { weightDevice: {} } }],
  ["rdma.mlx5_0", { rdma: { mlx5_0: 3 } }],
  ["memory.useHierarchy", { memory: { useHierarchy: false } }],
])("what would be lost is refused: %s in %j", (field, oci) => {
  expect(() => fromOci(oci as OciResources)).toThrow(expect.objectContaining({ field }));
});

test.each<[string, unknown]>([
  ["memory.limit", { memory: { limit: "-1" } }],
  ["cpu.shares", { cpu: { shares: -1 } }],
  ["devices[0].type", { devices: [{ allow: true, type: "z" }] }],
  ["hugepageLimits[0].limit", { hugepageLimits: [{ pageSize: "2MB" }] }],
])("what makes no sense is left for validate: %s in %j", (field, oci) => {
  expect(() => validate(fromOci(oci as OciResources), machine)).toThrow(
    expect.objectContaining({ code: "X_CGROUP_INVALID", field }),
  );
});
