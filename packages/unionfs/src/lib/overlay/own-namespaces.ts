import {
  AT_FDCWD,
  AT_RECURSIVE,
  CLONE_NEWNS,
  CLONE_NEWUSER,
  layouts,
  MS_PRIVATE,
  O_CLOEXEC,
  O_WRONLY,
} from "@x/syscall";
import { result, step, struct, type Step } from "@x/plan";

/** A mount namespace of the launcher's own, where nothing that is mounted is seen by others. */
export function ownMounts(): Step[] {
  const attributes = struct(layouts.mount_attr, { propagation: MS_PRIVATE });
  return [
    step("unshare", [CLONE_NEWNS], { why: "mounts of its own" }),
    step("mount_setattr", [AT_FDCWD, "/", AT_RECURSIVE, attributes, layouts.mount_attr.bytes], {
      why: "nothing that is mounted meanwhile is seen outside",
    }),
  ];
}

/** A user namespace of the launcher's own, in which these ids are root's. */
export function ownUserNamespace(ids: { readonly uid: number; readonly gid: number }): Step[] {
  return [
    step("unshare", [CLONE_NEWUSER], { why: "root of a user namespace of its own" }),
    ...write("setgroups", "deny"),
    ...write("gid_map", `0 ${ids.gid} 1\n`),
    ...write("uid_map", `0 ${ids.uid} 1\n`),
  ];
}

function write(file: string, content: string): Step[] {
  const path = `/proc/self/${file}`;
  return [
    step("openat", [AT_FDCWD, path, O_WRONLY | O_CLOEXEC], { as: file }),
    step("write", [result(file), content, content.length], { expect: content.length }),
    step("close", [result(file)]),
  ];
}
