import { describe, expect, test } from "vitest";
import type { Facts } from "./facts.ts";
import { hasGroup, limitsOf } from "./limits.ts";
import type { Sandbox } from "./sandbox.ts";

const host: Sandbox = { root: "host", args: ["true"] };
const facts: Facts = {
  uid: 0,
  gid: 0,
  topLevel: {},
  etc: {},
  sources: {},
  devices: { "/dev/fuse": { type: "c", major: 10, minor: 229, mode: 0o666, uid: 0, gid: 0 } },
};
const fuse = { source: "/dev/fuse", access: "rw" };
const memory = { limit: 33_554_432 };

test("a container has a control group when it has limits or devices, and not otherwise", () => {
  expect(hasGroup(host)).toBe(false);
  expect(hasGroup({ ...host, devices: [] })).toBe(false);
  expect(hasGroup({ ...host, devices: [fuse] })).toBe(true);
  expect(hasGroup({ ...host, resources: { memory } })).toBe(true);
});

describe("the devices of a container with limits", () => {
  const rules = limitsOf({ ...host, resources: { memory }, devices: [fuse] }, facts).devices!;

  test("are none by default", () => {
    expect(rules[0]).toEqual({ allow: false });
  });

  test("but those of Docker, and those it was given", () => {
    expect(rules.slice(1).map(({ type, major, minor }) => `${type} ${major}:${minor}`)).toEqual([
      ..."1:3 1:5 1:7 1:8 1:9 5:0 5:1 5:2 136:undefined".split(" ").map((one) => `c ${one}`),
      "c 10:229",
    ]);
    expect(rules.at(-1)!.access).toBe("rw");
  });

  test("and what the caller's own rules say comes last", () => {
    const own = [{ allow: true, type: "b", major: 8 }] as const;
    const limits = limitsOf({ ...host, resources: { memory, devices: own } }, facts);
    expect(limits.devices!.slice(-1)).toEqual(own);
    expect(limits.memory).toBe(memory);
  });
});

describe("an ordinary user, who can load no rules,", () => {
  const user = { ...facts, uid: 1000 };

  test("gets limits without them", () => {
    expect(limitsOf({ ...host, resources: { memory }, devices: [fuse] }, user)).toEqual({ memory });
  });

  test("is refused a device that is to be used in part", () => {
    const partly = { ...host, devices: [fuse, { ...fuse, access: "r" }] };
    expect(() => limitsOf(partly, user)).toThrow(
      expect.objectContaining({ name: "SandboxError", field: "devices[1].access" }),
    );
  });
});
