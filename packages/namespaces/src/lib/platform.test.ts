import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as namespaces from "../index.ts";

beforeEach(() => void vi.spyOn(process, "platform", "get").mockReturnValue("darwin"));
afterEach(() => void vi.restoreAllMocks());

const acts: Record<string, () => unknown> = {
  clone: () => namespaces.clone(["true"], { namespaces: ["uts"] }),
  enter: () => namespaces.enter(1, ["true"]),
  unshare: () => namespaces.unshare(["uts"]),
  setns: () => namespaces.setns(1, ["uts"]),
  namespacesOf: () => namespaces.namespacesOf("self"),
  sameNamespace: () => namespaces.sameNamespace("self", 1, "uts"),
  listNamespaces: () => namespaces.listNamespaces(),
  keep: () => namespaces.keep("self", "uts", "/tmp/x"),
  letGo: () => namespaces.letGo("/tmp/x"),
  identity: () => namespaces.identity(),
  readIdMaps: () => namespaces.readIdMaps("self"),
};

test.each(Object.entries(acts))(
  "elsewhere than on Linux, %s throws one clear error",
  async (_, act) => {
    await expect((async () => act())()).rejects.toMatchObject({
      name: "UnsupportedPlatformError",
      message: expect.stringContaining("darwin"),
    });
  },
);

test("elsewhere than on Linux, what makes steps works", () => {
  const options = { namespaces: ["uts"] as const, parent: 1, env: {}, hostname: "box" };
  expect(namespaces.cloneSteps(["true"], options).length).toBeGreaterThan(5);
  expect(namespaces.enterSteps(["true"], { joins: [], parent: 1, env: {} }).length).toBeGreaterThan(
    5,
  );
  expect(namespaces.unshareSteps(["user"])).toHaveLength(1);
});
