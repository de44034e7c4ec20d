import type { Controller } from "../controller.ts";

/**
 * Device nodes. v2 has no files for them: their rules are an eBPF program attached to the group
 * (`DevicePrograms`), so nothing is to be written here. Source: "Device controller" of
 * Documentation/admin-guide/cgroup-v2.rst.
 */
export const devices: Controller = { name: "devices", fields: ["devices"] };
