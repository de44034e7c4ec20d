import { expect, test } from "vitest";
import { cpuacct } from "./cpuacct.ts";
import { filesOf } from "./testing/context.ts";

const read = cpuacct.stat!.cpu!;

test("cpuacct tells CPU time in microseconds, in all, by CPU, user and system", () => {
  const files = filesOf({
    "cpuacct.usage_percpu": "1500000 2500999 ",
    "cpuacct.usage_all": "cpu user system\n0 1000000 400000\n1 2000000 300000",
  });
  expect(read(files)).toEqual({
    usageUsec: 4000,
    perCpuUsec: [1500, 2500],
    userUsec: 3000,
    systemUsec: 700,
  });
});

test("cpuacct that is not there tells nothing", () => {
  expect(read(filesOf({}))).toBeUndefined();
});
