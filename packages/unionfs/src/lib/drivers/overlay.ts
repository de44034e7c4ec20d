import { rmSync } from "node:fs";
import { join } from "node:path";
import { result } from "@x/plan";
import { UnionError } from "../error.ts";
import { heldNamespace, holdIdMap } from "../id-map-holder.ts";
import { attach, attachPlan } from "../mounts/attach.ts";
import { ownerOfThis } from "../mounts/owner.ts";
import { unmount } from "../mounts/unmount.ts";
import { overlayFactsHere } from "../overlay/facts.ts";
import { unionSteps } from "../overlay/union-steps.ts";
import type { OverlayFacts } from "../union.ts";
import type { Driver, Mounted, UnionRequest } from "./driver.ts";

/** The kernel's own. Source: Documentation/filesystems/overlayfs.rst. */
export const overlay: Driver = {
  name: "overlay",
  praise: "the kernel stacks the layers itself",
  async refusal() {
    try {
      await overlayFactsHere();
      return undefined;
    } catch (error) {
      if (error instanceof UnionError) return error.message;
      throw error;
    }
  },
  async mount(request) {
    return mountOverlay(request, await overlayFactsHere());
  },
};

/** Mounts an overlay in one of the ways that kernels know. */
export async function mountOverlay(request: UnionRequest, facts: OverlayFacts): Promise<Mounted> {
  const { idmap, ...layers } = request;
  const { target, upper, work } = request;
  const volatile = join(work ?? "", "work", "incompat");
  const forget = (): void => {
    if (work !== undefined) rmSync(volatile, { recursive: true, force: true });
  };
  const ids = idmap === undefined ? {} : { idmap: heldNamespace };
  const union = unionSteps({ ...layers, ...ids, source: ownerOfThis() }, facts);
  const steps = [...(idmap === undefined ? [] : holdIdMap(idmap)), ...union];
  const aside = facts.layers === "data" || !facts.detached;
  forget();
  await attach(attachPlan(target, result("union"), steps, { aside }));
  return {
    upper: request.readonly === true ? undefined : upper,
    notices: [],
    async unmount(options) {
      unmount(target, options);
      forget();
    },
  };
}
