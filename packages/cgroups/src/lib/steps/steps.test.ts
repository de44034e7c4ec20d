import { compile, exec, explain, explainLines, fork, reap, result, type Plan } from "@x/plan";
import { describe, expect, test } from "vitest";
import type { ControllerName } from "../controller.ts";
import type { GroupDirectory } from "../hierarchy/hierarchy.ts";
import { cgroupNamespace } from "./cgroup-namespace.ts";
import { into } from "./into.ts";
import { join } from "./join.ts";

function v1(...controllers: ControllerName[]): GroupDirectory {
  const mountpoint = `/sys/fs/cgroup/${controllers.join(",")}`;
  const hierarchy = { version: 1, mountpoint, root: "/", controllers, readonly: false } as const;
  return { hierarchy, path: `${mountpoint}/x/box` };
}

function v2(mountpoint: string): GroupDirectory {
  const hierarchy = {
    version: 2,
    mountpoint,
    root: "/",
    controllers: [],
    readonly: false,
  } as const;
  return { hierarchy, path: `${mountpoint}/x/box` };
}

const named: GroupDirectory = {
  hierarchy: { ...v1().hierarchy, mountpoint: "/sys/fs/cgroup/systemd", name: "systemd" },
  path: "/sys/fs/cgroup/systemd/x/box",
};
const command = exec(["/bin/true"], ["true"], []);

function planOf(old: readonly GroupDirectory[], unified?: GroupDirectory): Plan {
  const born = unified === undefined ? undefined : into(unified, { field: "resources" });
  const child = [...join(old, { field: "resources" }), cgroupNamespace(), command];
  const flags = born?.flags ?? 0;
  return [
    ...(born?.before ?? []),
    fork({ flags, ...born?.fields }, child, { as: "pid", why: "a process of its own" }),
    reap(result("pid")),
  ];
}

const plans: [file: string, plan: Plan][] = [
  ["v1", planOf([v1("freezer"), v1("memory"), v1("cpu", "cpuacct"), named])],
  ["v2", planOf([], v2("/sys/fs/cgroup"))],
  ["hybrid", planOf([v1("memory"), v1("pids")], v2("/sys/fs/cgroup/unified"))],
];

describe.each(plans)("a process in its groups of %s", (file, plan) => {
  test("is made by the list in its golden file", async () => {
    await expect(explain(plan)).toMatchFileSnapshot(`golden/${file}.txt`);
  });

  test.each(["x64", "arm64"] as const)("compiles for %s", (arch) => {
    expect(compile(plan, { arch, channel: 3 }).length).toBeLessThan(4096);
  });
});

test("what could stop a process half way is joined last: freezer, then v2", () => {
  const directories = [v2("/sys/fs/cgroup/unified"), v1("freezer"), v1("memory"), v1("pids")];
  const opened = explainLines([...join(directories), command])
    .filter(({ syscall }) => syscall === "openat")
    .map(({ text }) => /cgroup\/(\w+)\//.exec(text)?.[1]);
  expect(opened).toEqual(["memory", "pids", "freezer", "unified"]);
});

test("no group is no step", () => {
  expect(join([])).toEqual([]);
});

test("a process can be born in a group of v2 alone", () => {
  expect(() => into(v1("memory"))).toThrow(
    expect.objectContaining({ name: "CgroupError", code: "X_CGROUP_UNSUPPORTED" }),
  );
});
