import { PlanError } from "@x/plan";
import { describe, expect, test } from "vitest";
import { clearer } from "./user-off.ts";

const failed = (code: "EPERM" | "ENOSPC" | "EACCES", field: string): PlanError =>
  new PlanError({ code, errno: -1, index: 1, syscall: "clone3", step: "clone3()", field });

const sysctls = (set: Record<string, string>) => (name: string) => set[name] ?? "";

describe("a machine without user namespaces is named as the cause", () => {
  test.each([
    ["user.max_user_namespaces", "0", "ENOSPC", true],
    ["user.max_user_namespaces", "0", "ENOSPC", false],
    ["kernel.unprivileged_userns_clone", "0", "EPERM", false],
    ["kernel.apparmor_restrict_unprivileged_userns", "1", "EACCES", false],
  ] as const)("%s=%s, %s, privileged: %s", (name, value, code, privileged) => {
    const cause = failed(code, "namespaces");
    expect(clearer(cause, privileged, sysctls({ [name]: value }))).toMatchObject({
      name: "NamespaceError",
      code: "X_NAMESPACE_USER_OFF",
      message: expect.stringContaining(`${name} is ${value}`),
      cause,
    });
  });
});

describe("the kernel's own error stays", () => {
  test.each([
    ["where nothing is switched off", "EPERM", "namespaces", false, {}],
    [
      "where the switch is not for the privileged",
      "EPERM",
      "namespaces",
      true,
      { "kernel.unprivileged_userns_clone": "0" },
    ],
    [
      "where it is about the command",
      "EACCES",
      "command[0]",
      false,
      { "kernel.apparmor_restrict_unprivileged_userns": "1" },
    ],
  ] as const)("%s", (_, code, field, privileged, set) => {
    const error = failed(code, field);
    expect(clearer(error, privileged, sysctls(set))).toBe(error);
  });

  test("and so does an error of another kind", () => {
    const error = new Error("no");
    expect(clearer(error, false)).toBe(error);
  });
});
