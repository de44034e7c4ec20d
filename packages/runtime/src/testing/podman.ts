import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SnapshotEntry } from "@x/image/testing";
import { openMountNamespace } from "./mount-namespace.ts";

/** A podman whose storage is its own, and whose mounts are in a namespace that ends with it. */
export interface Podman extends AsyncDisposable {
  /** What it wrote to standard output. Rejects with what it said when it fails. */
  podman(...args: readonly string[]): Promise<string>;
  /** `podman run` of an image that it has, with the options that it needs anywhere. */
  run(...args: readonly string[]): Promise<string>;
  /** Mounts an image; the path leads there from outside. */
  mount(image: string): Promise<string>;
}

/**
 * Podman leaves out what an archive says of the root itself, and gives it mode 0555 and the time of
 * its unpacking; umoci and we do as the archive says. For `treeDifferences`.
 */
export function exceptPodmansRoot(path: string, property: keyof SnapshotEntry): boolean {
  return path === "." && (property === "mode" || property === "mtime");
}

/**
 * A podman for a new directory. Its cgroups are switched off, and in its namespace there is no
 * hierarchy of version 2 beside those of version 1: crun refuses to start where it sees both.
 */
export async function startPodman(directory: string, driver: "overlay" | "vfs"): Promise<Podman> {
  mkdirSync(directory);
  const settings = join(directory, "containers.conf");
  writeFileSync(settings, "[containers]\ndefault_ulimits = []\n");
  const namespace = await openMountNamespace();
  await namespace.run("sh", "-c", "umount /sys/fs/cgroup/unified 2>&- || true");
  const options = [
    ...["--root", join(directory, "root"), "--runroot", join(directory, "run")],
    ...["--tmpdir", join(directory, "tmp"), "--storage-driver", driver],
    ...["--cgroup-manager", "cgroupfs", "--events-backend", "none", "--runtime", "crun"],
  ];
  const podman: Podman["podman"] = async (...args) =>
    namespace.run("env", `CONTAINERS_CONF=${settings}`, "podman", ...options, ...args);
  return {
    podman,
    run: async (...args) =>
      podman(
        ...["run", "--rm", "--pull", "never", "--network", "none", "--cgroups", "disabled"],
        ...["--ulimit", "nofile=1000:1000", "--ulimit", "nproc=1000:1000", ...args],
      ),
    mount: async (image) => namespace.outside((await podman("image", "mount", image)).trim()),
    // Its storage is a directory like any other once nothing is mounted.
    [Symbol.asyncDispose]: async () => namespace[Symbol.asyncDispose](),
  };
}
