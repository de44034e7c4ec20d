import type { Controller } from "../controller.ts";
import { readNumber } from "./read-number.ts";
import { writer } from "./writer.ts";

const write = writer("net_cls");

/**
 * Tags the packets of the group's sockets for `tc` (cls_cgroup) and `nft` (`meta cgroup`):
 * Documentation/admin-guide/cgroup-v1/net_cls.rst.
 */
export const netCls: Controller = {
  name: "net_cls",
  fields: ["network.classID"],

  settings({ network }) {
    const id = network?.classID;
    return id === undefined ? [] : [write("net_cls.classid", id, "network.classID")];
  },

  limits(files) {
    const classID = readNumber(files, "net_cls.classid");
    return classID === undefined ? {} : { network: { classID } };
  },
};
