import { expect, test } from "vitest";
import { defaultStorePath } from "./default-path.ts";

test("X_STORE says where the store is, before anything else", () => {
  const env = { X_STORE: "/srv/x", XDG_DATA_HOME: "/data" };
  expect(defaultStorePath({ env, uid: 0, home: "/root" })).toBe("/srv/x");
  expect(defaultStorePath({ env, uid: 1000, home: "/home/a" })).toBe("/srv/x");
});

test("root's store is the machine's, another user's is in the user's data", () => {
  const home = "/home/a";
  expect(defaultStorePath({ env: { XDG_DATA_HOME: "/d" }, uid: 0, home })).toBe("/var/lib/x");
  expect(defaultStorePath({ env: {}, uid: 1000, home })).toBe("/home/a/.local/share/x");
  expect(defaultStorePath({ env: { XDG_DATA_HOME: "/d" }, uid: 1000, home })).toBe("/d/x");
});

test("a relative XDG_DATA_HOME and an empty X_STORE say nothing", () => {
  const env = { XDG_DATA_HOME: "data", X_STORE: "" };
  expect(defaultStorePath({ env, uid: 1, home: "/home/a" })).toBe("/home/a/.local/share/x");
});
