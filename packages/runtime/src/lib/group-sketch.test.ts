import type { Hierarchies, Hierarchy } from "@x/cgroups";
import { expect, test } from "vitest";
import { groupSketch } from "./group-sketch.ts";

const memory: Hierarchy = {
  version: 1,
  mountpoint: "/sys/fs/cgroup/memory",
  root: "/",
  controllers: ["memory"],
  readonly: false,
  own: "/",
};
const unified: Hierarchy = {
  ...memory,
  version: 2,
  mountpoint: "/sys/fs/cgroup/unified",
  controllers: ["pids"],
  own: "/user.slice/box.scope",
};
const frozen: Hierarchy = { ...memory, mountpoint: "/sys/fs/cgroup/freezer", readonly: true };
const hybrid: Hierarchies = { mode: "hybrid", all: [memory, unified, frozen] };

test("root's groups would be at the top of each hierarchy that can be written to", () => {
  expect(groupSketch(hybrid, 0).map(({ path }) => path)).toEqual([
    "/sys/fs/cgroup/memory/x/<owner>/<id>/inside",
    "/sys/fs/cgroup/unified/x/<owner>/<id>/inside",
  ]);
});

test("an ordinary user's would be in the part that it is in itself", () => {
  expect(groupSketch(hybrid, 1000)[1]).toEqual({
    hierarchy: unified,
    path: "/sys/fs/cgroup/unified/user.slice/box.scope/x/<owner>/<id>/inside",
  });
});
