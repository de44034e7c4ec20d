import type { Setting, SettingContext } from "../controller.ts";
import { ioWeightOfBlkio, rules } from "../conversion.ts";
import { CgroupError } from "../error.ts";
import type { BlockIoLimits, Resources } from "../resources.ts";
import { bytesOf, microsecondsOf } from "../units.ts";
import { throttleKeys } from "./io-device.ts";
import { requireFile, unsupported } from "./unsupported.ts";

/** What to write for `Resources.blockIO`. */
export function ioSettings({ blockIO = {} }: Resources, context: SettingContext): Setting[] {
  refuseLeafWeight(blockIO);
  return [...weights(blockIO, context), ...throttles(blockIO), ...latencies(blockIO, context)];
}

function refuseLeafWeight({ leafWeight, weightDevice = [] }: BlockIoLimits): void {
  const index = weightDevice.findIndex((device) => device.leafWeight !== undefined);
  if (leafWeight === undefined && index === -1) return;
  throw unsupported(
    leafWeight === undefined ? `blockIO.weightDevice[${index}].leafWeight` : "blockIO.leafWeight",
    "leaf weights",
    "They were the CFQ scheduler's, which is gone since Linux 5.0; groups with limits have no processes beside their children on v2",
  );
}

/** BFQ takes the weights of OCI as they are; the kernel's own cost model has a scale of its own. */
function weights(blockIO: BlockIoLimits, context: SettingContext): Setting[] {
  const wanted = [
    ...(blockIO.weight === undefined
      ? []
      : [{ target: "default", weight: blockIO.weight, field: "blockIO.weight" }]),
    ...(blockIO.weightDevice ?? []).flatMap(({ major, minor, weight }, index) => {
      const field = `blockIO.weightDevice[${index}].weight`;
      return weight === undefined ? [] : [{ target: `${major}:${minor}`, weight, field }];
    }),
  ];
  const [first] = wanted;
  if (first === undefined) return [];
  if (context.files.read("io.bfq.weight") !== undefined) {
    return wanted.map(({ target, weight, field }) =>
      setting("io.bfq.weight", `${target} ${weight}`, field),
    );
  }
  requireFile(context.files, "io.weight", first.field, weightHint);
  return wanted.map(({ target, weight, field }) => {
    const to = ioWeightOfBlkio(weight);
    context.convert({
      field,
      from: `${field} = ${weight}`,
      to: `io.weight = ${to}`,
      rule: `${rules.blkioToIo}; in force on disks that io.cost.qos is enabled for`,
    });
    return setting("io.weight", `${target} ${to}`, field);
  });
}

const weightHint =
  "Use the BFQ scheduler (modprobe bfq; echo bfq > /sys/block/DISK/queue/scheduler) or a kernel with CONFIG_BLK_CGROUP_IOCOST";

/** One line for a device, for each write sets one device; rates that are not given stay. */
function throttles(blockIO: BlockIoLimits): Setting[] {
  const lines = new Map<string, { rates: string[]; field: string }>();
  for (const [name, key] of Object.entries(throttleKeys)) {
    const devices = blockIO[name as keyof typeof throttleKeys] ?? [];
    for (const [index, { major, minor, rate }] of devices.entries()) {
      const field = `blockIO.${name}[${index}]`;
      if (rate === 0) {
        throw new CgroupError("X_CGROUP_INVALID", "the kernel takes no rate of 0", {
          field: `${field}.rate`,
          hint: 'No limit is "max"',
        });
      }
      const line = lines.get(`${major}:${minor}`) ?? { rates: [], field };
      line.rates.push(`${key}=${bytesOf(rate, `${field}.rate`)}`);
      lines.set(`${major}:${minor}`, line);
    }
  }
  return [...lines].map(([device, { rates, field }]) =>
    setting("io.max", `${device} ${rates.join(" ")}`, field),
  );
}

function latencies({ latencyDevice = [] }: BlockIoLimits, { files }: SettingContext): Setting[] {
  return latencyDevice.map(({ major, minor, target }, index) => {
    const field = `blockIO.latencyDevice[${index}]`;
    requireFile(files, "io.latency", field, "It needs CONFIG_BLK_CGROUP_IOLATENCY");
    const time = microsecondsOf(target, `${field}.target`);
    return setting("io.latency", `${major}:${minor} target=${time}`, field);
  });
}

function setting(file: string, value: string, field: string): Setting {
  return { controller: "io", file, value, field };
}
