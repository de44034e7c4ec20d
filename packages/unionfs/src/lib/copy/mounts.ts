import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  FSCONFIG_CMD_CREATE,
  FSCONFIG_SET_STRING,
  FSMOUNT_CLOEXEC,
  FSOPEN_CLOEXEC,
  layouts,
  OPEN_TREE_CLOEXEC,
  OPEN_TREE_CLONE,
} from "@x/syscall";
import { result, step, struct, type Result, type Step } from "@x/plan";
import type { TmpfsUpper } from "../union.ts";

/** The name of the mounts that the steps here make. */
export const copyMount: Result = result("union");

/** Memory for the copy to be in. A pure function. */
export function memoryFor(
  { sizeBytes }: TmpfsUpper,
  { source, attributes }: { readonly source: string; readonly attributes: number },
): Step[] {
  const context = result("context");
  const set = (key: string, value: string): Step =>
    step("fsconfig", [context, FSCONFIG_SET_STRING, key, value, 0]);
  return [
    step("fsopen", ["tmpfs", FSOPEN_CLOEXEC], { as: context.result, why: "a copy in memory" }),
    set("source", source),
    set("mode", "0755"),
    ...(sizeBytes === undefined ? [] : [set("size", String(sizeBytes))]),
    step("fsconfig", [context, FSCONFIG_CMD_CREATE, null, null, 0]),
    step("fsmount", [context, FSMOUNT_CLOEXEC, attributes], { as: copyMount.result }),
  ];
}

/** The same directory once more, as a mount with attributes. A pure function. */
export function withAttributes(path: string, attributes: number): Step[] {
  const set = struct(layouts.mount_attr, { attr_set: attributes });
  const { bytes } = layouts.mount_attr;
  return [
    step("open_tree", [AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC], {
      as: copyMount.result,
      why: "the copy once more, as a mount of its own",
    }),
    step("mount_setattr", [copyMount, "", AT_EMPTY_PATH, set, bytes], { why: "with attributes" }),
  ];
}
