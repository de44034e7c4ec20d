import { blockIoFromOci } from "./from-oci/block-io.ts";
import { cpuFromOci } from "./from-oci/cpu.ts";
import { limit } from "./from-oci/limit.ts";
import { memoryFromOci } from "./from-oci/memory.ts";
import type {
  OciBlockIo,
  OciCpu,
  OciDeviceRule,
  OciHugepageLimit,
  OciMemory,
  OciNetwork,
  OciRdma,
} from "./from-oci/parts.ts";
import { part, parts } from "./from-oci/shape.ts";
import { present } from "./present.ts";
import type {
  DeviceRule,
  HugepageLimit,
  NetworkLimits,
  PidsLimits,
  RdmaLimits,
  Resources,
} from "./resources.ts";

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
    cpu: cpu && cpuFromOci(cpu),
    memory: memory && memoryFromOci(memory),
    pids: pidsLimits(part(resources.pids, "pids")?.limit),
    blockIO: blockIO && blockIoFromOci(blockIO),
    hugepageLimits: parts(resources.hugepageLimits, "hugepageLimits", hugepageLimit),
    network: network && networkLimits(network),
    rdma: rdma && rdmaLimits(rdma),
    devices: parts(resources.devices, "devices", deviceRule),
    unified: part(resources.unified, "unified"),
  });
}

/** Since version 1.3 of the specification 0 is a limit as any other. */
function pidsLimits(value: number | null | undefined): PidsLimits | undefined {
  const found = limit(value);
  return found === undefined ? undefined : { limit: found };
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
