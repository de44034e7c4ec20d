import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  layouts,
  O_CLOEXEC,
  O_DIRECTORY,
  O_PATH,
  OPEN_TREE_CLOEXEC,
  OPEN_TREE_CLONE,
} from "@x/syscall";
import { step, struct, text, type Result, type Step } from "@x/plan";
import type { OverlayFacts } from "../union.ts";
import type { Names } from "./names.ts";
import { optionText, overlayOptions } from "./options.ts";
import { pathOf, SCRATCH_UNION } from "./scratch.ts";
import type { OverlayLayers } from "./union-steps.ts";

/**
 * Mounts overlay by `mount(2)`, which takes all in one page: the layers are named by the numbers of
 * their descriptors, from within `/proc/self/fd`. So 500 fit, and none has to be escaped.
 */
export function mountByData(
  names: Names,
  layers: OverlayLayers,
  { userNamespace }: OverlayFacts,
): Step[] {
  const options = optionText(overlayOptions({ userNamespace, volatile: layers.volatile }));
  const lower = layers.lower.flatMap((one, i): (string | Result)[] =>
    i === 0 ? [one] : [":", one],
  );
  return mountData(names, {
    type: "overlay",
    source: layers.source,
    attributes: layers.attributes,
    data: [
      `${options},lowerdir=`,
      ...lower,
      ...(layers.writable ? [",upperdir=", names.upper, ",workdir=", names.work] : []),
    ],
  });
}

/** A file system that `mount(2)` alone can mount, its data with descriptors as names. */
export interface MountData {
  readonly type: string;
  readonly source: string;
  readonly data: readonly (string | Result)[];
  readonly attributes: number;
}

/** Mounts it in the scratch file system, and takes a copy of the mount that nobody sees. */
export function mountData(names: Names, { type, source, data, attributes }: MountData): Step[] {
  const { scratch, union, cwd } = names;
  const set = struct(layouts.mount_attr, { attr_set: attributes });
  return [
    step("mkdirat", [scratch, SCRATCH_UNION, 0o755]),
    step("openat", [AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC], { as: cwd.result }),
    step("chdir", ["/proc/self/fd"], { why: "layers are named by the number of their descriptor" }),
    step("mount", [source, pathOf(scratch, `/${SCRATCH_UNION}`), type, 0, text(...data)], {
      why: "stacked",
    }),
    step("fchdir", [cwd]),
    step("close", [cwd]),
    step("open_tree", [scratch, SCRATCH_UNION, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC], {
      as: union.result,
      why: "a mount that nobody sees yet",
    }),
    ...(attributes === 0
      ? []
      : [step("mount_setattr", [union, "", AT_EMPTY_PATH, set, layouts.mount_attr.bytes])]),
  ];
}
