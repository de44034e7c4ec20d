import { describe, expect, test } from "vitest";
import { hierarchiesOf, type Looks } from "./detect.ts";

const everything: Looks = {
  visible: () => true,
  controllers: () => "cpuset cpu io memory hugetlb pids rdma misc\n",
};

const unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate";

describe("what is mounted is told by the kernel's own lists", () => {
  test("a v2 host has one hierarchy, with what needs no file among its controllers", () => {
    const { mode, all } = hierarchiesOf(unified, "0::/user.slice\n", everything);
    expect(mode).toBe("v2");
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({ version: 2, mountpoint: "/sys/fs/cgroup", own: "/user.slice" });
    expect(all[0]!.controllers).toEqual(
      expect.arrayContaining(["cpu", "memory", "io", "devices", "freezer", "perf_event"]),
    );
  });

  test("controllers that are mounted together are one v1 hierarchy, whatever its path", () => {
    const { mode, all } = hierarchiesOf(
      "31 23 0:29 / /mnt/odd\\040place rw - cgroup cgroup rw,cpu,cpuacct",
      "2:cpu,cpuacct:/a\n1:name=systemd:/b\n",
      everything,
    );
    expect(mode).toBe("v1");
    expect(all[0]).toMatchObject({ mountpoint: "/mnt/odd place", own: "/a" });
    expect(all[0]!.controllers).toEqual(["cpu", "cpuacct"]);
  });

  test("a named hierarchy controls nothing and keeps its name", () => {
    const { all } = hierarchiesOf(
      "31 23 0:29 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd",
      "1:name=systemd:/init.scope\n",
      everything,
    );
    expect(all[0]).toMatchObject({ name: "systemd", controllers: [], own: "/init.scope" });
  });

  test("on a hybrid host what v1 has taken is not v2's, not even devices and the freezer", () => {
    const { mode, all } = hierarchiesOf(
      [
        "31 23 0:29 / /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices",
        "32 23 0:30 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer",
        "33 23 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
      ].join("\n"),
      "2:devices:/\n1:freezer:/\n0::/\n",
      { ...everything, controllers: () => "hugetlb" },
    );
    expect(mode).toBe("hybrid");
    expect(all.at(-1)!.controllers).toEqual(["hugetlb", "perf_event"]);
  });

  test("blkio is called io", () => {
    const { all } = hierarchiesOf(
      "31 23 0:29 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio",
      "7:blkio:/\n",
      everything,
    );
    expect(all[0]!.controllers).toEqual(["io"]);
  });

  test("where a container's group is bind-mounted, our path begins at the mount", () => {
    const { all } = hierarchiesOf(
      "31 23 0:29 /docker/ab /sys/fs/cgroup ro - cgroup2 cgroup2 rw",
      "0::/docker/ab/inner\n",
      everything,
    );
    expect(all[0]).toMatchObject({ root: "/docker/ab", own: "/inner", readonly: true });
  });

  test("a process that is outside what the mount shows has no group in it", () => {
    const outside = hierarchiesOf(unified, "0::/../other\n", everything);
    expect(outside.all[0]).not.toHaveProperty("own");
    const beside = hierarchiesOf(
      "31 23 0:29 /docker/ab /sys/fs/cgroup rw - cgroup2 cgroup2 rw",
      "0::/docker/abc\n",
      everything,
    );
    expect(beside.all[0]).not.toHaveProperty("own");
  });

  test("of two mounts of one hierarchy the writable one that shows all of it counts", () => {
    const { all } = hierarchiesOf(
      [
        "40 23 0:26 / /a rw - cgroup2 cgroup2 rw",
        "41 23 0:26 /deep /sys/fs/cgroup/deep rw - cgroup2 cgroup2 rw",
        "42 23 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup2 rw",
      ].join("\n"),
      "0::/\n",
      everything,
    );
    expect(all.map(({ mountpoint }) => mountpoint)).toEqual(["/a"]);
  });

  test("of a tree mounted read-only over itself the upper mount counts", () => {
    const { all } = hierarchiesOf(
      `${unified}\n50 30 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup2 rw,nsdelegate`,
      "0::/\n",
      everything,
    );
    expect(all).toMatchObject([{ mountpoint: "/sys/fs/cgroup", readonly: true }]);
  });

  test("in a cgroup namespace what is mounted outside is fenced where the kernel says so", () => {
    const mountinfo = (options: string): string =>
      `30 23 0:26 /../.. /sys/fs/cgroup rw - cgroup2 cgroup2 ${options}`;
    const fenced = hierarchiesOf(mountinfo("rw,nsdelegate"), "0::/\n", everything);
    expect(fenced.all[0]).toMatchObject({ root: "/../..", fenced: true });
    expect(fenced.all[0]).not.toHaveProperty("own");
    const open = hierarchiesOf(mountinfo("rw"), "0::/\n", everything);
    expect(open.all[0]).not.toHaveProperty("fenced");
  });

  test("a mount that another one covers is not there", () => {
    const looks: Looks = { ...everything, visible: ({ mountpoint }) => mountpoint !== "/covered" };
    const text = `${unified}\n50 23 0:50 / /covered rw - cgroup cgroup rw,pids`;
    expect(hierarchiesOf(text, "0::/\n", looks).mode).toBe("v2");
  });

  test("without any hierarchy the mode is none", () => {
    expect(hierarchiesOf("", "", everything)).toEqual({ mode: "none", all: [] });
  });

  test("other file systems and broken lines are passed over", () => {
    const text = `23 1 8:1 / / rw - ext4 /dev/root rw\nnonsense\n${unified}`;
    expect(hierarchiesOf(text, "0::/\n", everything).all).toHaveLength(1);
  });
});
