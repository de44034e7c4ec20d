import { explain, explainLines, type Plan } from "@x/plan";
import { groupSketch } from "../../group-sketch.ts";
import { hasGroup } from "../../limits.ts";
import type { Sandbox } from "../../sandbox.ts";
import { overlayOf, planOf, standalonePlanOf } from "../../start.ts";
import type { Invocation } from "../invocation.ts";
import { sandboxOf } from "../sandbox-of.ts";

/** `x explain`: the list, in words or as JSON. */
export async function explainCommand(invocation: Invocation): Promise<number> {
  const { switches } = invocation.flags;
  const standalone = switches.has("standalone");
  const sandbox = await sandboxOf(invocation);
  const plan = standalone
    ? standalonePlanOf(sandbox, await overlayOf(sandbox))
    : await planToRead(sandbox);
  const text = switches.has("json")
    ? `${JSON.stringify(explainLines(plan, { standalone }), null, 2)}\n`
    : explain(plan, { standalone });
  process.stdout.write(text);
  return 0;
}

/** The list as `run` would perform it; of a control group, where it would be. */
async function planToRead(sandbox: Sandbox): Promise<Plan> {
  const overlay = await overlayOf(sandbox);
  if (!hasGroup(sandbox)) return planOf(sandbox, overlay);
  const { detect } = await import("@x/cgroups");
  return planOf(sandbox, { ...overlay, cgroup: groupSketch(detect(), process.geteuid!()) });
}
