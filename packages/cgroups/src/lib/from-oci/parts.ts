/**
 * The parts of `linux.resources` of an OCI config, as JSON has them: -1 is no limit, null is as good
 * as missing. Source: config-linux.md, "Control groups", of the runtime specification 1.3.
 */
export interface OciDeviceRule {
  readonly allow: boolean;
  readonly type?: string | null;
  readonly major?: number | null;
  readonly minor?: number | null;
  readonly access?: string | null;
}

export interface OciMemory {
  readonly limit?: number | null;
  readonly reservation?: number | null;
  readonly swap?: number | null;
  readonly kernel?: number | null;
  readonly kernelTCP?: number | null;
  readonly swappiness?: number | null;
  readonly disableOOMKiller?: boolean | null;
  readonly useHierarchy?: boolean | null;
  readonly checkBeforeUpdate?: boolean | null;
}

export interface OciCpu {
  readonly shares?: number | null;
  readonly quota?: number | null;
  readonly burst?: number | null;
  readonly period?: number | null;
  readonly realtimeRuntime?: number | null;
  readonly realtimePeriod?: number | null;
  readonly cpus?: string | null;
  readonly mems?: string | null;
  readonly idle?: number | null;
}

export interface OciBlockIo {
  readonly weight?: number | null;
  readonly leafWeight?: number | null;
  readonly weightDevice?: readonly OciWeightDevice[] | null;
  readonly throttleReadBpsDevice?: readonly OciThrottleDevice[] | null;
  readonly throttleWriteBpsDevice?: readonly OciThrottleDevice[] | null;
  readonly throttleReadIOPSDevice?: readonly OciThrottleDevice[] | null;
  readonly throttleWriteIOPSDevice?: readonly OciThrottleDevice[] | null;
}

export interface OciWeightDevice {
  readonly major: number;
  readonly minor: number;
  readonly weight?: number | null;
  readonly leafWeight?: number | null;
}

export interface OciThrottleDevice {
  readonly major: number;
  readonly minor: number;
  readonly rate: number;
}

export interface OciHugepageLimit {
  readonly pageSize: string;
  readonly limit: number;
}

export interface OciNetwork {
  readonly classID?: number | null;
  readonly priorities?: readonly { readonly name: string; readonly priority: number }[] | null;
}

export interface OciRdma {
  readonly hcaHandles?: number | null;
  readonly hcaObjects?: number | null;
}
