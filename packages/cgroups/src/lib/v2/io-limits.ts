import type { Files } from "../controller.ts";
import { blkioWeightOfIo } from "../conversion.ts";
import { parseFlatKeyed } from "../parse/flat-keyed.ts";
import { parseNestedKeyed, parseNestedLimits } from "../parse/nested-keyed.ts";
import type { BlockIoLimits, Resources, ThrottleDevice, WeightDevice } from "../resources.ts";
import { deviceOf, throttleKeys } from "./io-device.ts";

/** What a group's disks are limited to now, in the words of `Resources.blockIO`. */
export function ioLimits(files: Files): Resources {
  const blockIO = { ...weights(files), ...throttles(files), ...latencies(files) };
  return Object.keys(blockIO).length === 0 ? {} : { blockIO };
}

function weights(files: Files): BlockIoLimits {
  const bfq = files.read("io.bfq.weight");
  const text = bfq ?? files.read("io.weight");
  if (text === undefined) return {};
  // Older kernels print the number of the default alone.
  const lines = parseFlatKeyed(text.replace(/^(?=\d+$)/m, "default "));
  const scale = (value: number): number => (bfq === undefined ? blkioWeightOfIo(value) : value);
  const weightDevice = Object.entries(lines).flatMap(([key, value]): WeightDevice[] => {
    const device = deviceOf(key);
    return device === undefined ? [] : [{ ...device, weight: scale(value) }];
  });
  const weight = lines["default"];
  return {
    ...(weight === undefined ? {} : { weight: scale(weight) }),
    ...(weightDevice.length === 0 ? {} : { weightDevice }),
  };
}

function throttles(files: Files): BlockIoLimits {
  const devices = Object.entries(parseNestedLimits(files.read("io.max") ?? ""));
  const lists: Partial<Record<keyof typeof throttleKeys, ThrottleDevice[]>> = {};
  for (const [name, key] of Object.entries(throttleKeys)) {
    const list = devices.flatMap(([id, rates]): ThrottleDevice[] => {
      const device = deviceOf(id);
      const rate = rates[key];
      // The kernel lists a device for one rate and the others with it, as max.
      return device === undefined || rate === undefined || rate === "max"
        ? []
        : [{ ...device, rate }];
    });
    if (list.length > 0) lists[name as keyof typeof throttleKeys] = list;
  }
  return lists;
}

function latencies(files: Files): BlockIoLimits {
  const devices = Object.entries(parseNestedKeyed(files.read("io.latency") ?? ""));
  const latencyDevice = devices.flatMap(([id, { target }]) => {
    const device = deviceOf(id);
    return device === undefined || target === undefined ? [] : [{ ...device, target }];
  });
  return latencyDevice.length === 0 ? {} : { latencyDevice };
}
