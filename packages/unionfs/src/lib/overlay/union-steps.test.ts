import { fileURLToPath } from "node:url";
import { MOUNT_ATTR_NODEV, MOUNT_ATTR_NOSUID } from "@x/syscall";
import { compile, explain, step } from "@x/plan";
import { expect, test } from "vitest";
import type { OverlayFacts, UnionStepsOptions } from "../union.ts";
import { unionSteps } from "./union-steps.ts";

const attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
const lower = ["/layers/top", "/layers/a:b,c"];
const upper = { upper: "/box/diff", work: "/box/work" };
const newest: OverlayFacts = { layers: "descriptor", detached: true, userNamespace: false };
const oldest: OverlayFacts = { layers: "data", detached: false, userNamespace: false };

const unions: Record<string, [UnionStepsOptions, OverlayFacts]> = {
  "upper-6.15": [{ lower, ...upper, attributes, volatile: true }, newest],
  "upper-6.8": [
    { lower, ...upper, attributes },
    { ...newest, layers: "path", detached: false },
  ],
  "upper-5.14": [{ lower, ...upper, attributes }, oldest],
  "memory-user-namespace": [
    { lower, tmpfs: { sizeBytes: 65536 } },
    { ...oldest, layers: "path", userNamespace: true },
  ],
  "one-layer": [{ lower: ["/layers/only"] }, newest],
  "idmap-5.19": [{ lower, ...upper, idmap: 7 }, oldest],
};

test.each(Object.keys(unions))("the steps of %s are these", async (name) => {
  const file = fileURLToPath(new URL(`golden/${name}.txt`, import.meta.url));
  await expect(explain(unionSteps(...unions[name]!))).toMatchFileSnapshot(file);
});

test("the steps can be compiled for either processor", () => {
  for (const [union, facts] of Object.values(unions)) {
    const plan = [...unionSteps(union, facts), step("exit_group", [0])];
    for (const arch of ["x64", "arm64"] as const) {
      expect(compile(plan, { arch }).length).toBeGreaterThan(0);
    }
  }
});

test("no path stands in a string that the kernel takes apart", () => {
  for (const [union, facts] of Object.values(unions)) {
    const asked = unionSteps(union, facts).filter(
      (one) => one.kind === "call" && ["fsconfig", "mount"].includes(one.call),
    );
    expect(JSON.stringify(asked)).not.toMatch(/layers\/|box\//);
  }
});

test("errors name the layer as the caller did", () => {
  const steps = unionSteps({ lower, field: "root" }, newest);
  const fields = steps.flatMap(({ field }) => (field === undefined ? [] : [field]));
  expect(fields).toContain("root.lower[1]");
});
