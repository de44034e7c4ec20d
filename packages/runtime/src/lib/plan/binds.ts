import {
  AT_FDCWD,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_RDONLY,
} from "@x/syscall";
import { result, type Step } from "@x/plan";
import type { Facts } from "../facts.ts";
import type { Mount, Sandbox } from "../sandbox.ts";
import { makeInside } from "./inside.ts";
import { copyTree, newFilesystem, placeOn, setAttributes } from "./mount.ts";

const TMPFS_BYTES = 64 * 1024 * 1024;
const TMPFS_MODE = 0o1777;

/** The sources of bind mounts, opened while the host can be reached. */
export function bindSources({ mounts = [] }: Sandbox): Step[] {
  return mounts.flatMap((mount, i) =>
    mount.type === "bind"
      ? [
          copyTree(`mount ${i}`, AT_FDCWD, mount.source, {
            why: `${mount.source}, to be seen at ${mount.destination}`,
            field: `mounts[${i}].source`,
          }),
        ]
      : [],
  );
}

/**
 * Puts every mount of the caller in its place. The place is found, and made, by descriptor inside
 * the root, so that a symbolic link of an image cannot lead out of it (CVE-2021-30465,
 * CVE-2024-45310).
 */
export function binds({ mounts = [] }: Sandbox, facts: Facts): Step[] {
  return mounts.flatMap((mount, i) => [
    ...prepare(mount, i),
    ...destination(mount, i, facts),
    placeOn(result(`mount ${i}`), result(`place ${i}`), { field: `mounts[${i}].destination` }),
  ]);
}

function prepare(mount: Mount, i: number): Step[] {
  const field = `mounts[${i}]`;
  const name = `mount ${i}`;
  if (mount.type === "tmpfs") {
    const { sizeBytes = TMPFS_BYTES, mode = TMPFS_MODE } = mount;
    const options = { mode: `0${mode.toString(8)}`, size: String(sizeBytes) };
    const attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    return newFilesystem(name, "tmpfs", options, attributes, `${mount.destination}: fresh memory`);
  }
  const attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (mount.readonly ? MOUNT_ATTR_RDONLY : 0);
  return [setAttributes(result(name), { attr_set }, { field })];
}

function destination(mount: Mount, i: number, facts: Facts): Step[] {
  const isFile = mount.type === "bind" && facts.sources[mount.source] === "file";
  return makeInside(mount.destination, {
    as: `place ${i}`,
    file: isFile,
    field: `mounts[${i}].destination`,
  });
}
