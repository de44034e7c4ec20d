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
  const { scratch, union, cwd } = names;
  const options = optionText(overlayOptions({ userNamespace, volatile: layers.volatile }));
  const data = text(
    `${options},lowerdir=`,
    ...layers.lower.flatMap((one, i): (string | Result)[] => (i === 0 ? [one] : [":", one])),
    ...(layers.writable ? [",upperdir=", names.upper, ",workdir=", names.work] : []),
  );
  const attributes = struct(layouts.mount_attr, { attr_set: layers.attributes });
  const why = "layers are named by the number of their descriptor";
  return [
    step("mkdirat", [scratch, SCRATCH_UNION, 0o755]),
    step("openat", [AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC], { as: cwd.result }),
    step("chdir", ["/proc/self/fd"], { why }),
    step("mount", ["overlay", pathOf(scratch, `/${SCRATCH_UNION}`), "overlay", 0, data], {
      why: "stacked",
    }),
    step("fchdir", [cwd]),
    step("close", [cwd]),
    step("open_tree", [scratch, SCRATCH_UNION, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC], {
      as: union.result,
      why: "a mount that nobody sees yet",
    }),
    ...(layers.attributes === 0
      ? []
      : [step("mount_setattr", [union, "", AT_EMPTY_PATH, attributes, layouts.mount_attr.bytes])]),
  ];
}
