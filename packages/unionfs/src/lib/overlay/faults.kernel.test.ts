import { readdirSync } from "node:fs";
import { explainLines, launch, result } from "@x/plan";
import { describe, expect, test } from "vitest";
import { folder } from "../../testing/folder.ts";
import { mountsIn } from "../../testing/mounts-in.ts";
import { attachPlan } from "../mounts/attach.ts";
import { overlayFactsHere } from "./facts.ts";
import { unionSteps } from "./union-steps.ts";

const root = process.getuid?.() === 0;
const all = ["descriptor", "path", "data"] as const;
/** Those of this kernel and of older ones. */
const ways = root ? all.slice(all.indexOf((await overlayFactsHere()).layers)) : all;

describe.skipIf(!root)("a launcher that is killed while it mounts (mounting takes root)", () => {
  test.each(ways)("at any step leaves nothing, where layers are given by %s", async (layers) => {
    using place = folder();
    const lower = [place.tree("l1", { a: "" }), place.tree("l2", { b: "" })];
    const target = place.tree("target", {});
    const facts = { ...(await overlayFactsHere()), layers };
    const old = layers === "descriptor" ? facts : { ...facts, detached: false };
    const steps = unionSteps({ lower, tmpfs: { sizeBytes: 1 << 20 } }, old);
    const aside = layers !== "descriptor";
    const plan = attachPlan(target, result("union"), steps, { aside });
    for (const { index } of explainLines(plan)) {
      const killed = launch(plan, { stdio: "ignore", inject: { step: index, kill: true } });
      await killed.then(({ exited }) => exited).catch(() => {});
      expect(mountsIn(place)).toEqual([]);
    }
    expect(readdirSync(target)).toEqual([]);
  });
});
