import { describe, expect, test } from "vitest";
import { compile, explain, explainLines } from "@x/plan";
import type { Facts } from "../facts.ts";
import type { ControllerName, GroupDirectory } from "@x/cgroups";
import type { Sandbox } from "../sandbox.ts";
import { plan } from "./container.ts";

/** Debian 12, as its facts are. */
const facts: Facts = {
  uid: 0,
  gid: 0,
  topLevel: {
    bin: { link: "usr/bin" },
    sbin: { link: "usr/sbin" },
    lib: { link: "usr/lib" },
    lib64: { link: "usr/lib64" },
  },
  etc: { alternatives: "directory", "ld.so.cache": "file", "ssl/certs": "directory" },
  sources: { "/srv/data": "directory", "/srv/file": "file" },
};
const host: Sandbox = { root: "host", args: ["echo", "hi"] };
const rootless: Facts = { ...facts, uid: 1000, gid: 1000 };
const ranges = [{ containerID: 0, hostID: 100_000, size: 65_536 }];

function group(version: 1 | 2, at: string, ...controllers: ControllerName[]): GroupDirectory {
  const mountpoint = `/sys/fs/cgroup/${at}`;
  const hierarchy = { version, mountpoint, root: "/", controllers, readonly: false };
  return { hierarchy, path: `${mountpoint}/x/4026531836.77.4242/box` };
}
const hybrid: Facts = {
  ...facts,
  cgroup: [
    group(1, "memory", "memory"),
    group(1, "devices", "devices"),
    group(1, "freezer", "freezer"),
    group(2, "unified", "hugetlb"),
  ],
  devices: {
    "/dev/fuse": { type: "c", major: 10, minor: 229, mode: 0o666, uid: 0, gid: 0 },
    "/dev/vda": { type: "b", major: 253, minor: 0, mode: 0o660, uid: 0, gid: 6 },
  },
};
const unified: Facts = { ...hybrid, cgroup: [group(2, "user.slice", "memory", "pids")] };
const limited: Sandbox = {
  ...host,
  devices: [
    { source: "/dev/fuse", access: "rw" },
    { source: "/dev/vda", destination: "/dev/disk/data" },
  ],
  resources: { memory: { limit: 33_554_432 } },
};

const plans: [file: string, sandbox: Sandbox, facts: Facts][] = [
  ["host", host, facts],
  ["host-rootless", host, rootless],
  ["host-init", { ...host, init: true }, facts],
  ["host-user", { ...host, user: { uid: 1000, gid: 1000, additionalGids: [5] } }, facts],
  ["host-network-rootless", { ...host, network: "host" }, rootless],
  ["dir-ranges", { root: { dir: "/srv/root" }, args: ["/bin/true"], uidMappings: ranges }, facts],
  [
    "dir-mounts",
    {
      root: { dir: "/srv/root" },
      args: ["/bin/true"],
      mounts: [
        { type: "bind", source: "/srv/data", destination: "/var/data", readonly: true },
        { type: "bind", source: "/srv/file", destination: "/etc/file" },
        { type: "tmpfs", destination: "/scratch", sizeBytes: 1_048_576, mode: 0o700 },
      ],
    },
    facts,
  ],
  ["host-limited", limited, hybrid],
  ["host-limited-rootless", limited, { ...unified, uid: 1000, gid: 1000 }],
  [
    "image",
    {
      root: {
        lower: ["/var/lib/x/layers/2/diff", "/var/lib/x/layers/1/diff"],
        upper: "/var/lib/x/containers/1/upper",
        work: "/var/lib/x/containers/1/work",
        directories: ["/srv/app"],
      },
      args: ["/bin/true"],
      cwd: "/srv/app",
    },
    { ...facts, overlay: { layers: "descriptor", detached: true, userNamespace: false } },
  ],
  [
    "image-rootless-memory",
    { root: { lower: ["/home/me/layers/1/diff"] }, args: ["/bin/true"] },
    { ...rootless, overlay: { layers: "data", detached: false, userNamespace: true } },
  ],
  ["dir-limited-ranges", { ...limited, root: { dir: "/srv/root" }, uidMappings: ranges }, hybrid],
];

describe.each(plans)("the plan of %s", (file, sandbox, known) => {
  test("is the list of system calls in its golden file", async () => {
    await expect(explain(plan(sandbox, known))).toMatchFileSnapshot(`golden/${file}.txt`);
  });

  const limit = known.cgroup === undefined ? 8192 : 10_240;
  test.each(["x64", "arm64"] as const)(`fits ${limit} bytes on %s`, (arch) => {
    expect(compile(plan(sandbox, known), { arch }).length).toBeLessThan(limit);
    expect(compile(plan(sandbox, known), { arch, channel: 3 }).length).toBeLessThan(limit);
  });
});

test("no step of the default plan mounts by path, or leaves a mount in reach of the host", () => {
  const calls = explainLines(plan(host, facts));
  expect(calls.map(({ syscall }) => syscall)).not.toContain("mount");
  const privateAt = calls.findIndex(({ text }) => text.includes("MS_PRIVATE"));
  const firstMount = calls.findIndex(({ syscall }) =>
    /^(fsmount|open_tree|move_mount)$/.test(syscall),
  );
  expect(privateAt).toBeGreaterThan(-1);
  expect(privateAt).toBeLessThan(firstMount);
});

test("descriptors are closed before the working directory is entered", () => {
  const calls = explainLines(plan({ ...host, cwd: "/proc/self/fd/7" }, facts));
  const closed = calls.findIndex(({ text }) => text.startsWith("close_range(channel+1"));
  const entered = calls.findIndex(({ text }) => text.includes("/proc/self/fd/7"));
  expect(closed).toBeGreaterThan(-1);
  expect(entered).toBeGreaterThan(closed);
});
