import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CgroupError } from "./error.ts";
import type { Machine } from "./machine.ts";
import type { Resources } from "./resources.ts";
import { validate } from "./validate.ts";

const machine: Machine = { cpus: [0, 1], mems: [0], pageSizes: ["2MB", "1GB"] };
const sda = { major: 8, minor: 0 };

const everything: Resources = {
  cpu: {
    shares: 1024,
    weight: 100,
    quota: "50ms",
    period: 100_000,
    burst: 10_000,
    idle: false,
    realtimeRuntime: 1000,
    realtimePeriod: 1_000_000,
    uclampMin: 12.34,
    uclampMax: "max",
    cpus: "0-1",
    mems: "0",
    partition: "member",
  },
  memory: {
    limit: "256MiB",
    reservation: 0,
    swap: "256MiB",
    kernel: "max",
    kernelTCP: "max",
    swappiness: 200,
    disableOOMKiller: false,
    oomGroup: true,
    min: 0,
    low: "1GB",
    high: "max",
    checkBeforeUpdate: true,
  },
  pids: { limit: 4_194_304 },
  blockIO: {
    weight: 10,
    leafWeight: 1000,
    weightDevice: [
      { ...sda, weight: 10 },
      { major: 8, minor: 16, leafWeight: 10 },
    ],
    throttleReadBpsDevice: [{ ...sda, rate: "1MiB" }],
    throttleWriteBpsDevice: [{ ...sda, rate: "max" }],
    throttleReadIOPSDevice: [{ ...sda, rate: 1 }],
    throttleWriteIOPSDevice: [],
    latencyDevice: [{ ...sda, target: "10ms" }],
  },
  hugepageLimits: [{ pageSize: "2MB", limit: "4MiB" }],
  network: { classID: 0xffff_ffff, priorities: [{ name: "eth0", priority: 5 }] },
  rdma: { mlx5_0: { hcaHandles: 1, hcaObjects: "max" } },
  devices: [{ allow: false }, { allow: true, type: "c", major: 1, minor: 3, access: "rwm" }],
  misc: { sev: 5, sev_es: "max" },
  dmem: { "drm/0000:03:00.0/vram0": { max: "max", low: 0, min: "1GiB" } },
  unified: { "memory.high": "1048576", "hugetlb.2MB.max": "max\n" },
};

const refuse = (resources: unknown): CgroupError => {
  try {
    validate(resources as Resources, machine);
  } catch (error) {
    if (error instanceof CgroupError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(resources)}`);
};

test("every field has a value that is taken", () => {
  expect(() => validate(everything, machine)).not.toThrow();
  expect(() => validate({}, machine)).not.toThrow();
  expect(() => validate({ cpu: undefined } as never, machine)).not.toThrow();
});

describe("a refusal says what to do", () => {
  test.each<[unknown, string]>([
    [{ cpu: { qouta: 1 } }, "cpu.qouta: no such limit; did you mean quota?"],
    [{ memroy: {} }, "memroy: no such limit; did you mean memory?"],
    [{ pids: { banana: 1 } }, "pids.banana: no such limit; there are limit"],
    [{ cpu: { cpus: "0-99" } }, "cpu.cpus: CPUs 2-99 are not there; this machine has 0-1"],
    [
      { memory: { limit: -1 } },
      'memory.limit: -1 is not a number of bytes from 0 on. No limit is "max" here; fromOci() translates the -1 of OCI',
    ],
    [
      { hugepageLimits: [{ pageSize: "4MB", limit: 0 }] },
      'hugepageLimits[0].pageSize: there are no huge pages of "4MB"; this machine has 2MB, 1GB',
    ],
  ])("%j", (resources, message) => {
    expect(refuse(resources).message).toBe(message);
  });
});

test("whatever is given, it is taken or refused with a typed error", () => {
  const part = fc.constantFrom<string>(...Object.keys(everything));
  const key = fc.constantFrom(
    ...Object.values(everything).flatMap((one) => Object.keys(one as object)),
  );
  const value = fc.oneof(fc.anything({ withBigInt: true }), fc.integer(), fc.string());
  const object = fc.dictionary(key, value, { maxKeys: 4 });
  fc.assert(
    fc.property(fc.dictionary(part, fc.oneof(object, fc.array(object), value)), (resources) => {
      try {
        validate(resources as Resources, machine);
      } catch (error) {
        expect(error).toBeInstanceOf(CgroupError);
        expect(error).toMatchObject({ code: "X_CGROUP_INVALID" });
      }
    }),
    { numRuns: 500 },
  );
});
