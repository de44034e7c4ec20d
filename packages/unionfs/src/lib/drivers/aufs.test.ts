import { fileURLToPath } from "node:url";
import { explain } from "@x/plan";
import { expect, test } from "vitest";
import type { UnionLayers } from "../union.ts";
import { aufsSteps } from "./aufs.ts";

const lower = ["/layers/top", "/layers/a:b,c"];
const unions: Record<string, UnionLayers> = {
  upper: { lower, upper: "/box/diff" },
  memory: { lower, tmpfs: { sizeBytes: 65536 } },
  "read-only": { lower },
};

test.each(Object.keys(unions))("what aufs is told of a union with %s is this", async (name) => {
  const file = fileURLToPath(new URL(`golden/aufs-${name}.txt`, import.meta.url));
  const steps = aufsSteps(unions[name]!, { source: "x-union:1:2:3", attributes: 0 });
  await expect(explain(steps)).toMatchFileSnapshot(file);
});
