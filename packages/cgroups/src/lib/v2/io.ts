import type { Controller } from "../controller.ts";
import { parseNestedKeyed } from "../parse/nested-keyed.ts";
import { ioLimits } from "./io-limits.ts";
import { ioSettings } from "./io-settings.ts";
import { deviceOf } from "./io-device.ts";

/** Disks: `blkio` of v1. Source: "IO" of Documentation/admin-guide/cgroup-v2.rst. */
export const io: Controller = {
  name: "io",
  fields: ["blockIO"],
  settings: ioSettings,
  limits: ioLimits,
  stat: {
    io(files) {
      const text = files.read("io.stat");
      if (text === undefined) return undefined;
      return Object.entries(parseNestedKeyed(text)).flatMap(([key, raw]) => {
        const device = deviceOf(key);
        // A device that has done nothing for this group may be listed without numbers.
        if (device === undefined || raw["rbytes"] === undefined) return [];
        return {
          ...device,
          readBytes: raw["rbytes"],
          writeBytes: raw["wbytes"] ?? 0,
          readOps: raw["rios"] ?? 0,
          writeOps: raw["wios"] ?? 0,
          ...(raw["dbytes"] === undefined ? {} : { discardBytes: raw["dbytes"] }),
          ...(raw["dios"] === undefined ? {} : { discardOps: raw["dios"] }),
        };
      });
    },
  },
};
