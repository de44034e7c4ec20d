import type { Setting, SettingContext } from "../controller.ts";
import type { BlockIoLimits } from "../resources.ts";
import { bytesOf } from "../units.ts";
import { invalid, requireFile, unsupported } from "./refusal.ts";
import { writer } from "./writer.ts";

const write = writer("io");

/** One of the throttles: its field, its file, and the greatest rate that the kernel keeps. */
export interface Throttle {
  readonly key:
    | "throttleReadBpsDevice"
    | "throttleWriteBpsDevice"
    | "throttleReadIOPSDevice"
    | "throttleWriteIOPSDevice";
  readonly file: string;
  readonly most: number;
}

/** Rates of operations are kept in 32 bits, those of bytes in 64. */
export const throttles: readonly Throttle[] = [
  throttle("throttleReadBpsDevice", "read_bps", 2 ** 64),
  throttle("throttleWriteBpsDevice", "write_bps", 2 ** 64),
  throttle("throttleReadIOPSDevice", "read_iops", 2 ** 32 - 1),
  throttle("throttleWriteIOPSDevice", "write_iops", 2 ** 32 - 1),
];

const bfq =
  "Weights are the BFQ scheduler's: modprobe bfq (CONFIG_BFQ_GROUP_IOSCHED), echo bfq > /sys/block/DISK/queue/scheduler";
const cfq = "It was the CFQ scheduler's, which is gone since Linux 5.0";

/** What to write for `Resources.blockIO`. */
export function blkioSettings(limits: BlockIoLimits, context: SettingContext): Setting[] {
  if ((limits.latencyDevice ?? []).length > 0) {
    throw unsupported(
      "blockIO.latencyDevice",
      "cgroup v1 has no latency that a device is to keep",
      "Throttle the groups beside it (blockIO.throttleReadBpsDevice), or use the io controller of v2",
    );
  }
  return [
    ...weightSettings(limits, context),
    ...leafSettings(limits, context),
    ...throttles.flatMap((one) => throttleSettings(one, limits)),
  ];
}

function weightSettings(
  { weight, weightDevice = [] }: BlockIoLimits,
  context: SettingContext,
): Setting[] {
  const settings: Setting[] = [];
  if (weight !== undefined) {
    settings.push(write(weightFile("weight", "blockIO.weight", context), weight, "blockIO.weight"));
  }
  for (const [index, device] of weightDevice.entries()) {
    if (device.weight === undefined) continue;
    const field = `blockIO.weightDevice[${index}].weight`;
    const file = weightFile("weight_device", field, context);
    settings.push(write(file, `${device.major}:${device.minor} ${device.weight}`, field));
  }
  return settings;
}

/** BFQ's file, or the one that CFQ had and some kernels gave to BFQ. */
function weightFile(name: string, field: string, context: SettingContext): string {
  const [own, old] = [`blkio.bfq.${name}`, `blkio.${name}`];
  if (context.files.read(own) === undefined && context.files.read(old) !== undefined) return old;
  requireFile(context, own, field, bfq);
  return own;
}

function leafSettings(
  { leafWeight, weightDevice = [] }: BlockIoLimits,
  context: SettingContext,
): Setting[] {
  const settings: Setting[] = [];
  if (leafWeight !== undefined) {
    requireFile(context, "blkio.leaf_weight", "blockIO.leafWeight", cfq);
    settings.push(write("blkio.leaf_weight", leafWeight, "blockIO.leafWeight"));
  }
  for (const [index, device] of weightDevice.entries()) {
    if (device.leafWeight === undefined) continue;
    const field = `blockIO.weightDevice[${index}].leafWeight`;
    requireFile(context, "blkio.leaf_weight_device", field, cfq);
    const value = `${device.major}:${device.minor} ${device.leafWeight}`;
    settings.push(write("blkio.leaf_weight_device", value, field));
  }
  return settings;
}

function throttle(key: Throttle["key"], name: string, most: number): Throttle {
  return { key, file: `blkio.throttle.${name}_device`, most };
}

function throttleSettings({ key, file, most }: Throttle, limits: BlockIoLimits): Setting[] {
  return (limits[key] ?? []).map(({ major, minor, rate }, index) => {
    const field = `blockIO.${key}[${index}]`;
    const number = bytesOf(rate, `${field}.rate`);
    if (number !== "max" && number > most) {
      throw invalid(
        `${field}.rate`,
        `the kernel would take ${number} for ${number % 2 ** 32}`,
        `It goes up to ${most}; no limit is "max"`,
      );
    }
    return write(file, `${major}:${minor} ${number === "max" ? 0 : number}`, field);
  });
}
