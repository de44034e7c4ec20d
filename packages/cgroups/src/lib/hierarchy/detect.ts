import { readFileSync, statSync } from "node:fs";
import type { ControllerName } from "../controller.ts";
import { CgroupError } from "../error.ts";
import type { Hierarchies, Hierarchy } from "./hierarchy.ts";
import { parseMembership, type Membership } from "./membership.ts";
import { parseMountinfo, type MountInfo } from "./mountinfo.ts";

/** The kernel's names of v1, where ours differ: v2 calls blkio io. */
const ofKernel: Readonly<Record<string, ControllerName>> = {
  cpu: "cpu",
  cpuacct: "cpuacct",
  cpuset: "cpuset",
  memory: "memory",
  blkio: "io",
  io: "io",
  devices: "devices",
  net_cls: "net_cls",
  net_prio: "net_prio",
  freezer: "freezer",
  pids: "pids",
  hugetlb: "hugetlb",
  perf_event: "perf_event",
  rdma: "rdma",
  misc: "misc",
  dmem: "dmem",
};

/** In every v2 tree without being listed: eBPF, `cgroup.freeze` and perf's own lookup. */
export const implicit: ReadonlySet<ControllerName> = new Set(["devices", "freezer", "perf_event"]);

/**
 * Which hierarchies are mounted where, which controllers each has, and where this process is in
 * them: from what the kernel says (`/proc/self/mountinfo`, `/proc/self/cgroup`,
 * `cgroup.controllers`), not from paths. Throws `X_CGROUP_PLATFORM` where there is no Linux.
 *
 * @param cgroup another process's `/proc/PID/cgroup`
 */
export function detect(cgroup?: string): Hierarchies {
  if (process.platform !== "linux") {
    throw new CgroupError(
      "X_CGROUP_PLATFORM",
      `control groups are Linux's, and this is ${process.platform}`,
    );
  }
  const mountinfo = readFileSync("/proc/self/mountinfo", "utf8");
  const membership = cgroup ?? readFileSync("/proc/self/cgroup", "utf8");
  const key = `${mountinfo}${membership}`;
  // The same answers mean the same mounts: looking at each of them again is most of the work.
  if (last?.key !== key) {
    last = { key, hierarchies: hierarchiesOf(mountinfo, membership, { visible, controllers }) };
  }
  return last.hierarchies;
}

let last: { readonly key: string; readonly hierarchies: Hierarchies } | undefined;

function controllers(mountpoint: string): string {
  return readFileSync(`${mountpoint}/cgroup.controllers`, "utf8");
}

/** What {@link hierarchiesOf} must look at beside the two texts. */
export interface Looks {
  /** A mount may be covered by a later one. */
  visible(mount: MountInfo): boolean;
  /** The text of the `cgroup.controllers` of a v2 tree. */
  controllers(mountpoint: string): string;
}

/** The hierarchies that a mountinfo and a `/proc/self/cgroup` tell of. */
export function hierarchiesOf(mountinfo: string, cgroup: string, looks: Looks): Hierarchies {
  const memberships = parseMembership(cgroup);
  const mounts = visibleMounts(parseMountinfo(mountinfo), looks);
  // One hierarchy may be mounted many times: the place that shows most of it is the one to use.
  const best = new Map<string, MountInfo>();
  for (const mount of mounts) {
    const other = best.get(mount.device);
    if (other === undefined || rank(mount) < rank(other)) best.set(mount.device, mount);
  }
  const found = [...best.values()].map((mount) =>
    mount.fstype === "cgroup2" ? v2(mount, memberships, looks) : v1(mount, memberships),
  );
  const taken = new Set(found.flatMap((one) => (one.version === 1 ? one.controllers : [])));
  const all = found.map((one) =>
    one.version === 1
      ? one
      : { ...one, controllers: one.controllers.filter((name) => !taken.has(name)) },
  );
  return { mode: modeOf(all), all };
}

function visibleMounts(all: readonly MountInfo[], looks: Looks): MountInfo[] {
  // The same file system may lie on top of itself, read-only: a look at the path cannot tell.
  const covered = new Set(all.map(({ parent, mountpoint }) => `${parent} ${mountpoint}`));
  return all.filter(
    (mount) =>
      /^cgroup2?$/.test(mount.fstype) &&
      !covered.has(`${mount.id} ${mount.mountpoint}`) &&
      looks.visible(mount),
  );
}

function rank({ root, options, mountpoint }: MountInfo): string {
  const whole = root === "/" ? 0 : 1;
  const writable = options.includes("ro") ? 1 : 0;
  const usual = mountpoint.startsWith("/sys/fs/cgroup") ? 0 : 1;
  return `${writable}${whole}${usual}${String(mountpoint.length).padStart(5, "0")}${mountpoint}`;
}

function v1(mount: MountInfo, memberships: readonly Membership[]): Hierarchy {
  const words = mount.superOptions;
  const name = words.find((word) => word.startsWith("name="))?.slice("name=".length);
  const member = memberships.find(
    (one) =>
      (name !== undefined && one.name === name) ||
      (one.controllers.length > 0 && one.controllers.every((word) => words.includes(word))),
  );
  return {
    ...place(mount, member),
    version: 1,
    controllers: words.flatMap((word) => ofKernel[word] ?? []),
    ...(name === undefined ? {} : { name }),
  };
}

function v2(mount: MountInfo, memberships: readonly Membership[], looks: Looks): Hierarchy {
  const listed = looks.controllers(mount.mountpoint).trim().split(" ");
  return {
    ...place(
      mount,
      memberships.find((one) => one.hierarchy === 0),
    ),
    version: 2,
    ...(isOutside(mount.root) && mount.superOptions.includes("nsdelegate") ? { fenced: true } : {}),
    controllers: [...listed.flatMap((word) => ofKernel[word] ?? []), ...implicit],
  };
}

function place(
  { mountpoint, root, options, superOptions }: MountInfo,
  member: Membership | undefined,
): Pick<Hierarchy, "mountpoint" | "root" | "readonly" | "own"> {
  const own = member === undefined ? undefined : below(root, member.path);
  return {
    mountpoint,
    root,
    readonly: options.includes("ro") || superOptions.includes("ro"),
    ...(own === undefined ? {} : { own }),
  };
}

/** A path of the hierarchy as seen from the mount point; undefined when it is not below it. */
function below(root: string, path: string): string | undefined {
  if (path.split("/").includes("..")) return undefined;
  if (root === "/") return path;
  if (path === root) return "/";
  return path.startsWith(`${root}/`) ? path.slice(root.length) : undefined;
}

/** The root of a mount that shows what is above our cgroup namespace: `/..`, `/../..`. */
export function isOutside(root: string): boolean {
  return root.split("/").includes("..");
}

function modeOf(all: readonly Hierarchy[]): Hierarchies["mode"] {
  const versions = new Set(all.map(({ version }) => version));
  if (versions.size === 2) return "hybrid";
  if (versions.has(1)) return "v1";
  return versions.has(2) ? "v2" : "none";
}

function visible({ mountpoint, device }: MountInfo): boolean {
  try {
    const { dev } = statSync(mountpoint);
    return device === `${major(dev)}:${minor(dev)}`;
  } catch {
    return false; // not to be entered, so not to be used
  }
}

/** makedev(3): glibc's packing of a device number. */
function major(dev: number): number {
  return Number((BigInt(dev) >> 8n) & 0xfffn);
}

function minor(dev: number): number {
  return Number((BigInt(dev) & 0xffn) | ((BigInt(dev) >> 12n) & 0xfff00n));
}
