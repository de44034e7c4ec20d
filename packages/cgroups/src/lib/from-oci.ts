import { CgroupError } from "./error.ts";
import { blockIoFromOci } from "./from-oci-block-io.ts";
import type {
  OciBlockIo,
  OciCpu,
  OciDeviceRule,
  OciHugepageLimit,
  OciMemory,
  OciNetwork,
  OciRdma,
} from "./oci-resources.ts";
import { part, parts } from "./from-oci-shape.ts";
import { present } from "./present.ts";
import type {
  CpuLimits,
  DeviceRule,
  HugepageLimit,
  MemoryLimits,
  NetworkLimits,
  PidsLimits,
  RdmaLimits,
  Resources,
} from "./resources.ts";
import type { Limit } from "./units.ts";

/** `linux.resources` of an OCI config, as JSON has it. */
export interface OciResources {
  readonly devices?: readonly OciDeviceRule[] | null;
  readonly memory?: OciMemory | null;
  readonly cpu?: OciCpu | null;
  readonly pids?: { readonly limit?: number | null } | null;
  readonly blockIO?: OciBlockIo | null;
  readonly hugepageLimits?: readonly OciHugepageLimit[] | null;
  readonly network?: OciNetwork | null;
  readonly rdma?: Readonly<Record<string, OciRdma>> | null;
  readonly unified?: Readonly<Record<string, string>> | null;
}

/**
 * `linux.resources` of an OCI config in our words: -1 is "max", null is missing, 0 is missing where
 * Go's zero value means that nothing was asked for, shares are clamped as the kernel does. Values
 * that make no sense are left for `validate` to refuse; properties that the specification does not
 * know are passed over, as it demands. Throws `X_CGROUP_UNSUPPORTED` for `useHierarchy: false`.
 */
export function fromOci(resources: OciResources): Resources {
  const cpu = part(resources.cpu, "cpu");
  const memory = part(resources.memory, "memory");
  const blockIO = part(resources.blockIO, "blockIO");
  const network = part(resources.network, "network");
  const rdma = part(resources.rdma, "rdma");
  return present<Resources>({
    cpu: cpu && cpuLimits(cpu),
    memory: memory && memoryLimits(memory),
    pids: pidsLimits(part(resources.pids, "pids")?.limit),
    blockIO: blockIO && blockIoFromOci(blockIO),
    hugepageLimits: parts(resources.hugepageLimits, "hugepageLimits", hugepageLimit),
    network: network && networkLimits(network),
    rdma: rdma && rdmaLimits(rdma),
    devices: parts(resources.devices, "devices", deviceRule),
    unified: part(resources.unified, "unified"),
  });
}

/** Less than 0 is no limit; so is what no double holds exactly, as the greatest 64-bit number. */
function limit(value: number | null | undefined): Limit | undefined {
  if (value === null || value === undefined) return undefined;
  // What is no number is left for validate to refuse.
  if (typeof value !== "number") return value;
  return value < 0 || value > Number.MAX_SAFE_INTEGER ? "max" : value;
}

/** Since version 1.3 of the specification 0 is a limit as any other. */
function pidsLimits(value: number | null | undefined): PidsLimits | undefined {
  const found = limit(value);
  return found === undefined ? undefined : { limit: found };
}

/** The same, and 0 asks for nothing. */
function limitUnlessZero(value: number | null | undefined): Limit | undefined {
  return value === 0 ? undefined : limit(value);
}

function unlessZero(value: number | null | undefined): number | undefined {
  return value || undefined;
}

function cpuLimits(cpu: OciCpu): CpuLimits {
  const shares = unlessZero(cpu.shares);
  return present<CpuLimits>({
    shares: shares === undefined ? undefined : Math.min(Math.max(shares, 2), 262_144),
    quota: limitUnlessZero(cpu.quota),
    period: unlessZero(cpu.period),
    burst: cpu.burst ?? undefined,
    idle: (cpu.idle as 0 | 1 | null | undefined) ?? undefined,
    realtimeRuntime: unlessZero(cpu.realtimeRuntime),
    realtimePeriod: unlessZero(cpu.realtimePeriod),
    cpus: cpu.cpus || undefined,
    mems: cpu.mems || undefined,
  });
}

function memoryLimits(memory: OciMemory): MemoryLimits {
  if (memory.useHierarchy === false) {
    throw new CgroupError(
      "X_CGROUP_UNSUPPORTED",
      "a group's memory is always counted in the groups above too, since Linux 5.11",
      { field: "memory.useHierarchy", hint: "Leave it out" },
    );
  }
  const { swappiness } = memory;
  return present<MemoryLimits>({
    limit: limitUnlessZero(memory.limit),
    reservation: limitUnlessZero(memory.reservation),
    swap: limitUnlessZero(memory.swap),
    kernel: limitUnlessZero(memory.kernel),
    kernelTCP: limitUnlessZero(memory.kernelTCP),
    // Engines write -1 for the machine's own.
    swappiness: swappiness === -1 ? undefined : (swappiness ?? undefined),
    disableOOMKiller: memory.disableOOMKiller ?? undefined,
    checkBeforeUpdate: memory.checkBeforeUpdate ?? undefined,
  });
}

function hugepageLimit({ pageSize, limit: bytes }: OciHugepageLimit): HugepageLimit {
  return present<HugepageLimit>({ pageSize, limit: limit(bytes) });
}

function networkLimits({ classID, priorities }: OciNetwork): NetworkLimits {
  return present<NetworkLimits>({
    classID: classID ?? undefined,
    priorities: priorities ?? undefined,
  });
}

function rdmaLimits(rdma: Readonly<Record<string, OciRdma>>): Record<string, RdmaLimits> {
  const devices: Record<string, RdmaLimits> = {};
  for (const [device, value] of Object.entries(rdma)) {
    const { hcaHandles, hcaObjects } = part(value, `rdma.${device}`) ?? {};
    devices[device] = present<RdmaLimits>({
      hcaHandles: limit(hcaHandles),
      hcaObjects: limit(hcaObjects),
    });
  }
  return devices;
}

/** -1 is any number, as a missing one is. */
function deviceRule({ allow, type, major, minor, access }: OciDeviceRule): DeviceRule {
  return present<DeviceRule>({
    allow,
    type: (type as DeviceRule["type"] | null) ?? undefined,
    major: major === -1 ? undefined : (major ?? undefined),
    minor: minor === -1 ? undefined : (minor ?? undefined),
    access: access ?? undefined,
  });
}
