import { describe, expect, test } from "vitest";
import { NamespaceError } from "./error.ts";
import { allKinds, cloneFlags, namespaceKinds, type NamespaceKind } from "./kinds.ts";

describe("the eight kinds", () => {
  test("have a flag of their own each", () => {
    const flags = allKinds.map((kind) => namespaceKinds[kind].flag);
    expect(new Set(flags).size).toBe(8);
  });

  test("are called in /proc/PID/ns as clone(2) calls them, but for mount", () => {
    const renamed = allKinds.filter((kind) => namespaceKinds[kind].file !== kind);
    expect(renamed).toEqual(["mount"]);
  });
});

describe("cloneFlags", () => {
  test("of all kinds is all of the CLONE_NEW flags", () => {
    expect(cloneFlags(allKinds)).toBe(0x7e02_0080);
  });

  test("of nothing is 0", () => {
    expect(cloneFlags([])).toBe(0);
  });

  test("refuses a word that is no kind, and says where it stands", () => {
    const wrong = ["mount", "pid", "network"] as NamespaceKind[];
    expect(() => cloneFlags(wrong)).toThrow(
      expect.objectContaining({
        name: "NamespaceError",
        code: "X_NAMESPACE_INVALID",
        field: "namespaces[2]",
        message: expect.stringContaining('"network" is not one of mount, uts'),
      }),
    );
  });

  test("refuses what every object has by birth", () => {
    expect(() => cloneFlags(["constructor" as NamespaceKind])).toThrow(NamespaceError);
  });

  test("refuses a kind that stands twice", () => {
    expect(() => cloneFlags(["uts", "pid", "uts"])).toThrow(
      expect.objectContaining({ field: "namespaces[2]" }),
    );
  });
});
