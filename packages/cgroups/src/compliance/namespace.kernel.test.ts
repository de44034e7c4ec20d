import { expect, test } from "vitest";
import type { Delegation, Hierarchy } from "../index.ts";
import { runAs } from "../testing/as-user.ts";
import { delegate, groupsAt, put } from "../testing/delegated.ts";
import { host, titled, whyNot } from "../testing/host.ts";

const no = whyNot() ?? (host?.mode === "v2" ? undefined : `this host is ${host?.mode}, not v2`);
const nobody = 65_534;

interface Seen {
  readonly hierarchy: Hierarchy;
  readonly told: Delegation;
  readonly path: string;
  readonly own: string;
  readonly limits: object;
  readonly after: string;
  /** What became of moving a process in from outside. */
  readonly outside: { readonly code: string; readonly hint: string };
}

const makeAndDelete = `const hierarchy = x.detect().all[0];
  const told = x.delegation();
  const group = await x.createCgroup({ memory: { limit: "64MiB" }, pids: { limit: 9 } });
  const seen = { path: group.unifiedDirectory.path, own: own(), limits: group.limits() };
  const sleeper = child.spawn("sleep", ["60"]);
  group.add(sleeper.pid);
  const refused = ({ code, hint }) => ({ code, hint });
  let outside;
  try { group.add(1); } catch (error) { outside = refused(error); }
  await group.kill();
  await group.delete();
  return { hierarchy, told, outside, ...seen, after: own() };`;

const limits = {
  memory: expect.objectContaining({ limit: 67_108_864 }),
  pids: { limit: 9 },
};

const outside = {
  code: "X_CGROUP_PERMISSION",
  hint: expect.stringContaining("inside the cgroup namespace"),
};

test.skipIf(no)(
  titled("in a cgroup namespace that still sees the outer mount nothing is made, and why", no),
  async () => {
    using part = delegate(0, ["memory", "pids"]);
    const { hierarchy, told, refusal } = await runAs<
      Pick<Seen, "hierarchy" | "told"> & {
        refusal: { code: string; message: string; hint: string };
      }
    >(
      { wrapper: ["unshare", "-C"], before: (pid) => put(part.leaf, pid) },
      `return {
        hierarchy: x.detect().all[0],
        told: x.delegation(),
        refusal: await x.createCgroup().catch(told),
      };`,
    );
    expect(hierarchy).toMatchObject({ root: "/../..", fenced: true });
    expect(refusal.code).toBe("X_CGROUP_PERMISSION");
    expect(refusal.message).toContain("outside this cgroup namespace");
    expect(refusal.hint).toContain("mount -t cgroup2");
    expect(told).toMatchObject({ places: [], controllers: [], hint: refusal.hint });
    expect(groupsAt(part.leaf)).toEqual([]);
  },
);

test.skipIf(no)(
  titled("in a cgroup namespace with a mount of its own groups are made at its root", no),
  async () => {
    using part = delegate(0, ["memory", "pids"]);
    const remount = 'umount /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && exec "$@"';
    const seen = await runAs<Seen>(
      {
        wrapper: ["unshare", "-Cm", "sh", "-c", remount, "sh"],
        before: (pid) => put(part.leaf, pid),
      },
      makeAndDelete,
    );
    expect(seen.hierarchy).toMatchObject({ root: "/", own: "/", mountpoint: "/sys/fs/cgroup" });
    expect(seen.told.places).toEqual(["/sys/fs/cgroup"]);
    expect(seen.told.controllers).toEqual(expect.arrayContaining(["memory", "pids"]));
    expect(seen.told.missing).toEqual(expect.arrayContaining(["cpu", "io"]));
    expect(seen).toMatchObject({ own: "0::/x-self", after: "0::/", limits, outside });
    expect(seen.path).toMatch(/^\/sys\/fs\/cgroup\/x\//);
    expect(groupsAt(part.leaf)).toEqual([]);
  },
);

test.skipIf(no)(
  titled("an ordinary user does so in a user namespace, wherever it is mounted", no),
  async () => {
    using part = delegate(nobody, ["memory", "pids"]);
    const mount = 'mount -t cgroup2 none /mnt && exec "$@"';
    const seen = await runAs<Seen>(
      {
        uid: nobody,
        wrapper: ["unshare", "-UrCm", "sh", "-c", mount, "sh"],
        before: (pid) => put(part.leaf, pid),
      },
      makeAndDelete,
    );
    expect(seen.hierarchy).toMatchObject({ root: "/", own: "/", mountpoint: "/mnt" });
    expect(seen).toMatchObject({ own: "0::/x-self", after: "0::/", limits, outside });
    expect(seen.path).toMatch(/^\/mnt\/x\//);
    expect(groupsAt(part.leaf)).toEqual([]);
  },
);
