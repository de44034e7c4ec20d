import { describe, expect, test } from "vitest";
import { explainLines } from "@x/plan";
import { SandboxError } from "../error.ts";
import type { Sandbox, User } from "../sandbox.ts";
import { identity } from "./identity.ts";

const sandbox = (user?: User): Sandbox => ({
  root: "host",
  args: ["true"],
  ...(user === undefined ? {} : { user }),
});

describe("the user of a container", () => {
  test.each([
    ["root", undefined, "2818844155"],
    ["somebody else", { uid: 1000, gid: 1000 }, "0"],
  ])("has no inheritable and no ambient capability when it is %s", (_, user, effective) => {
    const calls = explainLines(identity(sandbox(user), { setgroups: true })).map((one) => one.text);
    const capset = calls.find((text) => text.startsWith("capset("));
    expect(calls).toContainEqual(expect.stringContaining("PR_CAP_AMBIENT_CLEAR_ALL"));
    expect(capset).toContain(`effective0=${effective}`);
    expect(capset).not.toContain("inheritable");
  });

  test("is refused groups that a user namespace with one id cannot give", () => {
    const user = { uid: 0, gid: 0, additionalGids: [5] };
    expect(() => identity(sandbox(user), { setgroups: false })).toThrow(SandboxError);
    expect(() => identity(sandbox(user), { setgroups: false })).toThrow(/^user\.additionalGids: /);
  });
});
