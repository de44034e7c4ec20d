import type { Controller } from "../controller.ts";
import { parseNestedKeyed, parseNestedLimits } from "../parse/nested-keyed.ts";
import { present } from "../present.ts";
import type { RdmaLimits } from "../resources.ts";
import type { RdmaStat } from "../stat.ts";
import { writer } from "./writer.ts";

const write = writer("rdma");

/** Handles and objects of InfiniBand devices: Documentation/admin-guide/cgroup-v1/rdma.rst. */
export const rdma: Controller = {
  name: "rdma",
  fields: ["rdma"],

  settings({ rdma: limits = {} }) {
    return Object.entries(limits).flatMap(([device, { hcaHandles, hcaObjects }]) => {
      const parts = [
        ...(hcaHandles === undefined ? [] : [`hca_handle=${hcaHandles}`]),
        ...(hcaObjects === undefined ? [] : [`hca_object=${hcaObjects}`]),
      ];
      if (parts.length === 0) return [];
      return [write("rdma.max", [device, ...parts].join(" "), `rdma.${device}`)];
    });
  },

  limits(files) {
    const text = files.read("rdma.max");
    if (text === undefined) return {};
    const limits = Object.entries(parseNestedLimits(text)).map(
      ([device, of]): [string, RdmaLimits] => [
        device,
        present<RdmaLimits>({ hcaHandles: of["hca_handle"], hcaObjects: of["hca_object"] }),
      ],
    );
    return { rdma: Object.fromEntries(limits) };
  },

  stat: {
    rdma(files): Record<string, RdmaStat> | undefined {
      const text = files.read("rdma.current");
      if (text === undefined) return undefined;
      return Object.fromEntries(
        Object.entries(parseNestedKeyed(text)).map(([device, of]) => [
          device,
          { hcaHandle: of["hca_handle"] ?? 0, hcaObject: of["hca_object"] ?? 0 },
        ]),
      );
    },
  },
};
