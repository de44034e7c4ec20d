import { dirname } from "node:path";
import { launch, PlanError, step, type Plan } from "@x/plan";
import { heldNamespace, holdIdMap } from "./id-map-holder.ts";
import { overlayFactsHere } from "./overlay/facts.ts";
import { ownMounts } from "./overlay/own-namespaces.ts";
import { unionSteps } from "./overlay/union-steps.ts";
import type { OverlayFacts } from "./union.ts";

let tried: Promise<string | undefined> | undefined;

/**
 * Why overlay cannot stack id-mapped layers here; undefined where it can. Learned by mounting such a
 * union where nobody sees it, once in a process's life.
 */
export function idMapRefusal(): Promise<string | undefined> {
  tried ??= attempt();
  return tried;
}

async function attempt(): Promise<string | undefined> {
  try {
    await using launched = await launch(trial(await overlayFactsHere()), { stdio: "ignore" });
    await launched.exited;
    return undefined;
  } catch (error) {
    if (error instanceof PlanError) return error.message;
    throw error;
  }
}

function trial(facts: OverlayFacts): Plan {
  const ids = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
  const covered = dirname(process.execPath);
  return [
    ...holdIdMap({ uidMappings: ids, gidMappings: ids }),
    ...ownMounts(),
    step("mount", ["tmpfs", covered, "tmpfs", 0, null], { why: "a layer to try it with" }),
    ...unionSteps({ lower: [covered], tmpfs: { sizeBytes: 1 << 20 }, idmap: heldNamespace }, facts),
  ];
}
