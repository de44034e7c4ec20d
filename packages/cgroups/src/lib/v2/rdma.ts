import type { Controller } from "../controller.ts";
import { parseNestedKeyed, parseNestedLimits } from "../parse/nested-keyed.ts";
import type { RdmaLimits } from "../resources.ts";
import type { RdmaStat } from "../stat.ts";
import { present } from "../present.ts";

/** InfiniBand and its kin. Source: "RDMA" of Documentation/admin-guide/cgroup-v2.rst. */
export const rdma: Controller = {
  name: "rdma",
  fields: ["rdma"],
  settings({ rdma: devices = {} }) {
    return Object.entries(devices).map(([device, { hcaHandles, hcaObjects }]) => ({
      controller: "rdma",
      file: "rdma.max",
      value: [
        device,
        ...(hcaHandles === undefined ? [] : [`hca_handle=${hcaHandles}`]),
        ...(hcaObjects === undefined ? [] : [`hca_object=${hcaObjects}`]),
      ].join(" "),
      field: `rdma.${device}`,
    }));
  },
  limits(files) {
    const text = files.read("rdma.max");
    if (text === undefined) return {};
    const devices: Record<string, RdmaLimits> = {};
    for (const [device, raw] of Object.entries(parseNestedLimits(text))) {
      devices[device] = present<RdmaLimits>({
        hcaHandles: raw["hca_handle"],
        hcaObjects: raw["hca_object"],
      });
    }
    return { rdma: devices };
  },
  stat: {
    rdma(files) {
      const text = files.read("rdma.current");
      if (text === undefined) return undefined;
      const devices: Record<string, RdmaStat> = {};
      for (const [device, raw] of Object.entries(parseNestedKeyed(text))) {
        devices[device] = {
          hcaHandle: raw["hca_handle"] ?? 0,
          hcaObject: raw["hca_object"] ?? 0,
        };
      }
      return devices;
    },
  },
};
