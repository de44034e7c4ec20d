import type { Controller, Files } from "../controller.ts";
import { parseFlatKeyed } from "../parse/flat-keyed.ts";
import { present } from "../present.ts";
import type { BlockIoLimits, ThrottleDevice, WeightDevice } from "../resources.ts";
import { ioStat } from "./blkio-stat.ts";
import { blkioSettings, throttles } from "./blkio-settings.ts";
import { readNumber } from "./read-number.ts";

/** Block devices: Documentation/admin-guide/cgroup-v1/blkio-controller.rst. v2 calls it `io`. */
export const blkio: Controller = {
  name: "io",
  fields: ["blockIO"],
  settings: ({ blockIO = {} }, context) => blkioSettings(blockIO, context),

  limits(files) {
    const weight = readWeight(files);
    const devices = weightDevices(files);
    const limits = present<BlockIoLimits>({
      weight,
      weightDevice: devices.length === 0 ? undefined : devices,
      leafWeight: readNumber(files, "blkio.leaf_weight"),
      ...Object.fromEntries(
        throttles.map(({ key, file }) => {
          const set = rates(files.read(file) ?? "");
          return [key, set.length === 0 ? undefined : set];
        }),
      ),
    });
    return Object.keys(limits).length === 0 ? {} : { blockIO: limits };
  },

  stat: { io: ioStat },
};

function readWeight(files: Files): number | undefined {
  return readNumber(files, "blkio.bfq.weight") ?? readNumber(files, "blkio.weight");
}

/** `8:0 200`; the line `default 100` is the weight of all others. */
function weightDevices(files: Files): WeightDevice[] {
  const text = files.read("blkio.bfq.weight_device") ?? files.read("blkio.weight_device") ?? "";
  return byDevice(text).map(([major, minor, weight]) => ({ major, minor, weight }));
}

function rates(text: string): ThrottleDevice[] {
  return byDevice(text).map(([major, minor, rate]) => ({ major, minor, rate }));
}

function byDevice(text: string): [number, number, number][] {
  return Object.entries(parseFlatKeyed(text)).flatMap(([device, value]) => {
    const match = /^(\d+):(\d+)$/.exec(device);
    return match === null ? [] : [[Number(match[1]), Number(match[2]), value]];
  });
}
