import { expect, test } from "vitest";
import { machineOf } from "./machine.ts";

test("CPUs, memory nodes and page sizes are those that sysfs lists, sizes named as by the kernel", () => {
  const texts: Record<string, string> = {
    "/sys/devices/system/cpu/online": "0-2,5",
    "/sys/devices/system/node/online": "0-1",
  };
  const sizes = ["hugepages-1048576kB", "hugepages-64kB", "hugepages-2048kB", "other"];
  expect(machineOf({ text: (file) => texts[file], names: () => sizes })).toEqual({
    cpus: [0, 1, 2, 5],
    mems: [0, 1],
    pageSizes: ["64KB", "2MB", "1GB"],
  });
});

test("a machine without NUMA and without huge pages has node 0 and no page sizes", () => {
  const none = machineOf({ text: () => undefined, names: () => [] });
  expect(none).toEqual({ cpus: [0], mems: [0], pageSizes: [] });
});
