import { describe, expect, test } from "vitest";
import { CgroupError } from "../error.ts";
import type { Machine } from "../machine.ts";
import type { Resources } from "../resources.ts";
import { validate } from "../validate.ts";

const machine: Machine = { cpus: [0, 1], mems: [0], pageSizes: ["2MB", "1GB"] };
const sda = { major: 8, minor: 0 };

const refuse = (resources: unknown): CgroupError => {
  try {
    validate(resources as Resources, machine);
  } catch (error) {
    if (error instanceof CgroupError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(resources)}`);
};

describe("what makes no sense is refused with its field", () => {
  test.each<[string, unknown]>([
    ["cpu", { cpu: 5 }],
    ["memory", { memory: null }],
    ["pids.limit", { pids: {} }],
    ["pids.limit", { pids: { limit: -1 } }],
    ["pids.limit", { pids: { limit: 1.5 } }],
    ["pids.limit", { pids: { limit: 4_194_305 } }],
    ["pids.limit", { pids: { limit: "5" } }],
    ["memory.limit", { memory: { limit: -1 } }],
    ["memory.limit", { memory: { limit: 0.5 } }],
    ["memory.limit", { memory: { limit: Number.NaN } }],
    ["memory.limit", { memory: { limit: Number.POSITIVE_INFINITY } }],
    ["memory.limit", { memory: { limit: 2 ** 60 } }],
    ["memory.limit", { memory: { limit: "5 apples" } }],
    ["memory.limit", { memory: { limit: [5] } }],
    ["memory.swap", { memory: { limit: "2MiB", swap: "1MiB" } }],
    ["memory.swap", { memory: { limit: "max", swap: "1MiB" } }],
    ["memory.swappiness", { memory: { swappiness: 201 } }],
    ["memory.oomGroup", { memory: { oomGroup: 1 } }],
    ["cpu.shares", { cpu: { shares: 1 } }],
    ["cpu.shares", { cpu: { shares: 262_145 } }],
    ["cpu.weight", { cpu: { weight: 0 } }],
    ["cpu.weight", { cpu: { weight: 10_001 } }],
    ["cpu.period", { cpu: { period: 999 } }],
    ["cpu.period", { cpu: { period: "1001ms" } }],
    ["cpu.period", { cpu: { period: "max" } }],
    ["cpu.quota", { cpu: { quota: 999 } }],
    ["cpu.quota", { cpu: { quota: -1 } }],
    ["cpu.burst", { cpu: { burst: 2000, quota: 1000 } }],
    ["cpu.burst", { cpu: { burst: 2000 } }],
    ["cpu.burst", { cpu: { burst: 2000, quota: "max" } }],
    ["cpu.realtimeRuntime", { cpu: { realtimeRuntime: 5 } }],
    ["cpu.realtimeRuntime", { cpu: { realtimeRuntime: 5, realtimePeriod: 4 } }],
    ["cpu.idle", { cpu: { idle: 2 } }],
    ["cpu.uclampMin", { cpu: { uclampMin: 101 } }],
    ["cpu.uclampMax", { cpu: { uclampMax: 1.234 } }],
    ["cpu.partition", { cpu: { partition: "isolate" } }],
    ["cpu.cpus", { cpu: { cpus: "0-99" } }],
    ["cpu.cpus", { cpu: { cpus: "" } }],
    ["cpu.cpus", { cpu: { cpus: "1-0" } }],
    ["cpu.cpus", { cpu: { cpus: "0,\n1" } }],
    ["cpu.cpus", { cpu: { cpus: 1 } }],
    ["cpu.mems", { cpu: { mems: "1" } }],
    ["blockIO.weight", { blockIO: { weight: 9 } }],
    ["blockIO.weightDevice[0]", { blockIO: { weightDevice: [sda] } }],
    ["blockIO.weightDevice[0].major", { blockIO: { weightDevice: [{ minor: 0, weight: 10 }] } }],
    [
      "blockIO.weightDevice[1]",
      {
        blockIO: {
          weightDevice: [
            { ...sda, weight: 10 },
            { ...sda, weight: 20 },
          ],
        },
      },
    ],
    [
      "blockIO.throttleReadBpsDevice[0].rate",
      { blockIO: { throttleReadBpsDevice: [{ ...sda, rate: 0 }] } },
    ],
    [
      "blockIO.throttleWriteIOPSDevice[0].minor",
      { blockIO: { throttleWriteIOPSDevice: [{ major: 8, minor: 2 ** 20, rate: 5 }] } },
    ],
    ["blockIO.latencyDevice[0].target", { blockIO: { latencyDevice: [sda] } }],
    ["devices", { devices: {} }],
    ["devices[0]", { devices: ["c 1:3 rwm"] }],
    ["devices[0].allow", { devices: [{ type: "c" }] }],
    ["devices[0].type", { devices: [{ allow: true, type: "z" }] }],
    ["devices[0].access", { devices: [{ allow: true, access: "" }] }],
    ["devices[0].access", { devices: [{ allow: true, access: "rwx" }] }],
    ["devices[0].access", { devices: [{ allow: true, access: "rr" }] }],
    ["devices[0].major", { devices: [{ allow: true, major: 4096 }] }],
    ["devices[0].major", { devices: [{ allow: true, major: -1 }] }],
    ["hugepageLimits[0].pageSize", { hugepageLimits: [{ pageSize: "2mb", limit: 0 }] }],
    ["hugepageLimits[0].pageSize", { hugepageLimits: [{ pageSize: "16GB", limit: 0 }] }],
    ["hugepageLimits[0].limit", { hugepageLimits: [{ pageSize: "2MB" }] }],
    ["network.classID", { network: { classID: 2 ** 32 } }],
    [
      "network.priorities[0].name",
      { network: { priorities: [{ name: "eth0 5\nlo", priority: 1 }] } },
    ],
    [
      "network.priorities[0].name",
      { network: { priorities: [{ name: "abcdefghijklmnop", priority: 1 }] } },
    ],
    ["rdma.mlx5_0", { rdma: { mlx5_0: {} } }],
    ['rdma["a b"]', { rdma: { "a b": { hcaHandles: 1 } } }],
    ["misc.sev", { misc: { sev: -1 } }],
    ["dmem.r.low", { dmem: { r: { low: "max" } } }],
    ['unified["../memory.max"]', { unified: { "../memory.max": "5" } }],
    ['unified["a/memory.max"]', { unified: { "a/memory.max": "5" } }],
    ['unified["memory.max\\n"]', { unified: { "memory.max\n": "5" } }],
    ['unified["cgroup.procs"]', { unified: { "cgroup.procs": "1" } }],
    ['unified["cgroup.subtree_control"]', { unified: { "cgroup.subtree_control": "+cpu" } }],
    ['unified["memory.max"]', { unified: { "memory.max": 5 } }],
    ['unified["io.max"]', { unified: { "io.max": "8:0 rbps=1\n8:16 rbps=1" } }],
    ["unified.__proto__", JSON.parse('{ "unified": { "__proto__": "1" } }')],
    ["__proto__", JSON.parse('{ "__proto__": {} }')],
    ["constructor", { constructor: {} }],
  ])("%s in %j", (field, resources) => {
    expect(refuse(resources)).toMatchObject({ code: "X_CGROUP_INVALID", field });
  });

  test("a description that is no object has no field", () => {
    expect(refuse([]).field).toBeUndefined();
    expect(refuse("cpu").message).toBe('"cpu" is not an object');
  });
});
