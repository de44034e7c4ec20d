import type { AT_FDCWD } from "@x/syscall";
import {
  AT_EMPTY_PATH,
  AT_RECURSIVE,
  FSCONFIG_CMD_CREATE,
  FSCONFIG_SET_STRING,
  FSMOUNT_CLOEXEC,
  FSOPEN_CLOEXEC,
  layouts,
  MOVE_MOUNT_F_EMPTY_PATH,
  MOVE_MOUNT_T_EMPTY_PATH,
  O_CLOEXEC,
  O_CREAT,
  O_EXCL,
  O_WRONLY,
  OPEN_TREE_CLOEXEC,
  OPEN_TREE_CLONE,
} from "@x/syscall";
import { result, step, struct, type CallOptions, type Result, type Step } from "@x/plan";

const O_NEW = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;

/** A new file system as a mount that nobody sees yet; its descriptor is named `name`. */
export function newFilesystem(
  name: string,
  type: string,
  options: Readonly<Record<string, string>>,
  attributes: number,
  why?: string,
): Step[] {
  const context = result(`${name} context`);
  return [
    step("fsopen", [type, FSOPEN_CLOEXEC], {
      as: context.result,
      ...(why === undefined ? {} : { why }),
    }),
    ...Object.entries(options).map(([key, value]) =>
      step("fsconfig", [context, FSCONFIG_SET_STRING, key, value, 0]),
    ),
    step("fsconfig", [context, FSCONFIG_CMD_CREATE, null, null, 0]),
    step("fsmount", [context, FSMOUNT_CLOEXEC, attributes], { as: name }),
  ];
}

/** A copy of a mount and of all below it, that nobody sees yet; its descriptor is named `name`. */
export function copyTree(
  name: string,
  from: Result | typeof AT_FDCWD,
  path: string,
  options: CallOptions & { readonly recursive?: boolean } = {},
): Step {
  const { recursive = true, ...rest } = options;
  const itself = path === "" ? AT_EMPTY_PATH : 0;
  const flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? AT_RECURSIVE : 0) | itself;
  return step("open_tree", [from, path, flags], { as: name, ...rest });
}

/** Gives a mount, and all below it, attributes or a propagation. Source: mount_setattr(2). */
export function setAttributes(
  mount: Result,
  attributes: { readonly attr_set?: number; readonly propagation?: number },
  options: CallOptions = {},
): Step {
  return step(
    "mount_setattr",
    [
      mount,
      "",
      AT_EMPTY_PATH | AT_RECURSIVE,
      struct(layouts.mount_attr, attributes),
      layouts.mount_attr.bytes,
    ],
    options,
  );
}

/**
 * Puts a mount on `path` below the directory `at`. A last component that is a symbolic link is not
 * followed: a root whose `/proc` is a link ends in an error and never outside (CVE-2023-27561).
 */
export function place(mount: Result, at: Result, path: string, options: CallOptions = {}): Step {
  return step("move_mount", [mount, "", at, path, MOVE_MOUNT_F_EMPTY_PATH], options);
}

/** Puts a mount on the very file or directory that a descriptor stands for. */
export function placeOn(mount: Result, target: Result, options: CallOptions = {}): Step {
  const flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
  return step("move_mount", [mount, "", target, "", flags], options);
}

/** A directory; one that is there already is fine. */
export function directory(at: Result, path: string, mode = 0o755): Step {
  return step("mkdirat", [at, path, mode], { tolerate: ["EEXIST"] });
}

/** A file with this content, in a directory of our own making. */
export function file(at: Result, path: string, content: string): Step[] {
  const opened = result(`file ${path}`);
  const bytes = Buffer.from(content);
  return [
    step("openat", [at, path, O_NEW, 0o644], { as: opened.result }),
    step("write", [opened, bytes, bytes.length], { expect: bytes.length }),
  ];
}
