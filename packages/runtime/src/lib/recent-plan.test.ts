import { expect, test } from "vitest";
import type { Facts } from "./facts.ts";
import { plan } from "./plan/container.ts";
import { recentPlan } from "./recent-plan.ts";
import type { Sandbox } from "./sandbox.ts";

const facts: Facts = { uid: 0, gid: 0, topLevel: {}, etc: {}, sources: {} };

function sandbox(...args: string[]): Sandbox {
  return { root: { dir: "/srv/root" }, args };
}

test("a container that is started again has the very same plan", () => {
  const first = recentPlan(sandbox("true"), facts);
  expect(recentPlan(sandbox("true"), { ...facts })).toBe(first);
  expect(first).toEqual(plan(sandbox("true"), facts));
});

test("another description, or other facts, make another plan", () => {
  const first = recentPlan(sandbox("true"), facts);
  expect(recentPlan(sandbox("false"), facts)).not.toEqual(first);
  const rootless = recentPlan(sandbox("true"), { ...facts, uid: 1000, gid: 1000 });
  expect(rootless).not.toEqual(first);
});

test("a description that its owner has changed has another plan", () => {
  const args = ["echo", "one"];
  const box = { root: { dir: "/srv/root" }, args };
  const first = recentPlan(box, facts);
  args[1] = "two";
  expect(recentPlan(box, facts)).toEqual(plan(sandbox("echo", "two"), facts));
  expect(recentPlan(box, facts)).not.toBe(first);
});

test("plans are forgotten when sixteen others were made since", () => {
  const first = recentPlan(sandbox("forgotten"), facts);
  for (let i = 0; i < 15; i++) recentPlan(sandbox(`other ${i}`), facts);
  expect(recentPlan(sandbox("forgotten"), facts)).toBe(first);
  for (let i = 0; i < 16; i++) recentPlan(sandbox(`another ${i}`), facts);
  expect(recentPlan(sandbox("forgotten"), facts)).not.toBe(first);
});

test("a description with very long arguments is not kept", () => {
  const long = sandbox("echo", "x".repeat(20_000));
  expect(recentPlan(long, facts)).not.toBe(recentPlan(long, facts));
});
