import { explain, result, step } from "@x/plan";
import { expect, test } from "vitest";
import { ownIdMapSteps, writeIdMapSteps } from "./id-map-steps.ts";

test("a process maps its own ids like this: setgroups is denied first", async () => {
  const plan = ownIdMapSteps({ uid: 1000, gid: 100, containerUid: 5 });
  await expect(explain(plan)).toMatchFileSnapshot("__golden__/id-map-own.txt");
});

test("the process outside maps ranges like this", async () => {
  const range = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
  const plan = [
    step("getpid", [], { as: "child" }),
    ...writeIdMapSteps(result("child"), { uidMappings: range, gidMappings: range }),
  ];
  await expect(explain(plan)).toMatchFileSnapshot("__golden__/id-map-ranges.txt");
});

test("a map that the kernel would refuse does not become steps", () => {
  const map = [{ containerID: 0, hostID: 0, size: 0 }];
  expect(() => writeIdMapSteps(result("child"), { gidMappings: map })).toThrow(
    expect.objectContaining({ field: "gidMappings[0].size" }),
  );
  expect(() => ownIdMapSteps({ uid: -1, gid: 0 })).toThrow(
    expect.objectContaining({ field: "uidMappings[0].hostID" }),
  );
});
