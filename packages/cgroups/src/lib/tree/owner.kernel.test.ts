import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { ownerLives, ownPath } from "./owner.ts";

const own = ownPath().split("/").at(-1)!;
const [namespace, pid, started] = own.split(".");
const isRoot = process.geteuid?.() === 0;

test("this process lives, and one that has had its number does not", () => {
  expect(ownerLives(own)).toBe(true);
  expect(ownerLives(`${namespace}.${pid}.${Number(started) - 1}`)).toBe(false);
  expect(ownerLives("something")).toBeUndefined();
});

test("a process that has ended does not live", () => {
  const { pid: ended } = spawnSync("true");
  expect(ownerLives(`${namespace}.${ended}.1`)).toBe(false);
});

test.skipIf(!isRoot)(
  "a namespace that may have processes we cannot see counts as inhabited (needs root)",
  () => {
    expect(ownerLives("1.1.1")).toBe(namespace !== "4026531836"); // root sees that nobody is in it
    process.seteuid!(65_534);
    try {
      expect(ownerLives("1.1.1")).toBe(true);
    } finally {
      process.seteuid!(0);
    }
  },
);
