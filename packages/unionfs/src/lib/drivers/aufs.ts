import { readFileSync } from "node:fs";
import { AT_FDCWD } from "@x/syscall";
import { result, step, type Result, type Step } from "@x/plan";
import { UnionError } from "../error.ts";
import { attach, attachPlan } from "../mounts/attach.ts";
import { ownerOfThis } from "../mounts/owner.ts";
import { unmount } from "../mounts/unmount.ts";
import { mountData } from "../overlay/by-data.ts";
import { namesOf, type Names } from "../overlay/names.ts";
import {
  attachScratch,
  detachScratch,
  makeScratch,
  O_LAYER,
  scratchDirectory,
} from "../overlay/scratch.ts";
import { unionSourceSteps } from "../overlay/union-steps.ts";
import type { UnionLayers } from "../union.ts";
import { stackOf, type Stack } from "../validate.ts";
import type { Driver } from "./driver.ts";

/** Of kernels that carry aufs, which the kernel of kernel.org does not. Source: aufs(5). */
export const aufs: Driver = {
  name: "aufs",
  praise: "the kernel stacks the layers itself",
  async refusal() {
    return readFileSync("/proc/filesystems", "utf8").includes("\taufs\n")
      ? undefined
      : "this kernel has none (/proc/filesystems)";
  },
  async mount(request) {
    const { target, upper, idmap, attributes } = request;
    if (idmap !== undefined) {
      throw new UnionError("X_UNION_UNSUPPORTED", "aufs gives its branches no other ids", {
        field: "idmap",
        hint: "The drivers overlay and copy do",
      });
    }
    const steps = aufsSteps(request, { source: ownerOfThis(), attributes });
    await attach(attachPlan(target, result("union"), steps, { aside: true }));
    return {
      upper: request.readonly === true ? undefined : upper,
      notices: [],
      unmount: async (options) => unmount(target, options),
    };
  },
};

/** The steps that stack directories with aufs; what they leave is as with `unionSteps`. Pure. */
export function aufsSteps(
  union: UnionLayers,
  { source, attributes }: { readonly source: string; readonly attributes: number },
): Step[] {
  // It needs no directory to work in; the check asks for one.
  const stack = stackOf({ ...union, ...(union.upper === undefined ? {} : { work: union.upper }) });
  const names = namesOf("union");
  const writable = stack.upper !== undefined || stack.tmpfs !== undefined;
  const lower = stack.lower.flatMap((_, i): (string | Result)[] => [
    ...(i === 0 && !writable ? [] : [":"]),
    names.lower(i),
    "=ro+wh",
  ]);
  const data = ["dirperm1,noxino,br:", ...(writable ? [names.upper, "=rw"] : []), ...lower];
  return [
    ...unionSourceSteps({ lower: stack.lower }),
    ...(stack.upper === undefined
      ? []
      : [
          step("openat", [AT_FDCWD, stack.upper.upper, O_LAYER], {
            as: names.upper.result,
            why: "what is written goes here",
            field: "upper",
          }),
        ]),
    ...makeScratch(names, stack.tmpfs?.sizeBytes, "a place for mount(2) to mount on"),
    ...attachScratch(names, stack.lower[0]!),
    ...(stack.tmpfs === undefined ? [] : scratchDirectory(names, "upper", names.upper)),
    ...mountData(names, { type: "aufs", source, attributes, data }),
    detachScratch(names),
    ...closeAll(names, stack),
  ];
}

function closeAll(names: Names, { lower, upper, tmpfs }: Stack): Step[] {
  const opened = [
    ...lower.map((_, i) => names.lower(i)),
    ...(upper === undefined && tmpfs === undefined ? [] : [names.upper]),
    names.scratch,
  ];
  return opened.map((one) => step("close", [one]));
}
