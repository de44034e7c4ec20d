import {
  FSCONFIG_CMD_CREATE,
  FSCONFIG_SET_FD,
  FSCONFIG_SET_STRING,
  FSMOUNT_CLOEXEC,
  FSOPEN_CLOEXEC,
} from "@x/syscall";
import { step, type CallOptions, type Result, type Step } from "@x/plan";
import type { OverlayFacts } from "../union.ts";
import type { Names } from "./names.ts";
import { optionSteps, overlayOptions } from "./options.ts";
import { pathOf } from "./scratch.ts";
import type { OverlayLayers } from "./union-steps.ts";

/**
 * Mounts overlay through a context of `fsopen(2)`, which takes the layers one by one: by descriptor,
 * or by a path of `/proc/self/fd` that nothing has to be escaped in.
 */
export function mountByContext(
  names: Names,
  layers: OverlayLayers,
  { layers: way, userNamespace }: OverlayFacts,
  options: CallOptions,
): Step[] {
  const { context, union } = names;
  const layer = (key: string, descriptor: Result): Step =>
    way === "descriptor"
      ? step("fsconfig", [context, FSCONFIG_SET_FD, key, null, descriptor as never], options)
      : step("fsconfig", [context, FSCONFIG_SET_STRING, key, pathOf(descriptor), 0], options);
  return [
    step("fsopen", ["overlay", FSOPEN_CLOEXEC], { as: context.result, why: "stacked" }),
    step("fsconfig", [context, FSCONFIG_SET_STRING, "source", layers.source, 0]),
    ...optionSteps(context, overlayOptions({ userNamespace, volatile: layers.volatile })),
    ...layers.lower.map((one) => layer("lowerdir+", one)),
    ...(layers.writable ? [layer("upperdir", names.upper), layer("workdir", names.work)] : []),
    step("fsconfig", [context, FSCONFIG_CMD_CREATE, null, null, 0], options),
    step("fsmount", [context, FSMOUNT_CLOEXEC, layers.attributes], {
      as: union.result,
      why: "a mount that nobody sees yet",
    }),
    step("close", [context]),
  ];
}
