import { expect, test } from "vitest";
import { parseMembership } from "./membership.ts";

test("each line of /proc/PID/cgroup is a hierarchy with its controllers and path", () => {
  expect(parseMembership("9:name=systemd:/a b\n4:cpu,cpuacct:/x:y\n0::/\n")).toEqual([
    { hierarchy: 9, controllers: [], name: "systemd", path: "/a b" },
    { hierarchy: 4, controllers: ["cpu", "cpuacct"], path: "/x:y" },
    { hierarchy: 0, controllers: [], path: "/" },
  ]);
});

test("a group that was deleted under a process keeps its path", () => {
  expect(parseMembership("0::/gone (deleted)\n")[0]!.path).toBe("/gone");
});

test("lines that are none are left out", () => {
  expect(parseMembership("\nx\n1:pids\n")).toEqual([]);
});
