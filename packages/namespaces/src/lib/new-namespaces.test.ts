import { expect, test } from "vitest";
import { validateNewNamespaces, type NewNamespaces, type UserMaps } from "./new-namespaces.ts";

const maps: UserMaps = {
  uidMappings: [{ containerID: 0, hostID: 1000, size: 1 }],
  gidMappings: [{ containerID: 0, hostID: 1000, size: 10 }],
};

test.each<[string, NewNamespaces, string]>([
  ["a host name that would be the host's", { namespaces: ["pid"], hostname: "a" }, "hostname"],
  ["a host name of 65 bytes", { namespaces: ["uts"], hostname: "é".repeat(33) }, "hostname"],
  ["NUL in a host name", { namespaces: ["uts"], hostname: "a\0" }, "hostname"],
  ["offsets of the host's clocks", { namespaces: [], timeOffsets: {} }, "timeOffsets"],
  ["a /proc over the host's", { namespaces: ["pid"], mountProc: true }, "mountProc"],
  ["propagation of the host's mounts", { namespaces: [], propagation: "private" }, "propagation"],
  ["an unknown namespace", { namespaces: ["x" as "uts"] }, "namespaces[0]"],
  ["a directory without a name", { namespaces: [], cwd: "" }, "cwd"],
])("%s is refused with its field", (_, wanted, field) => {
  expect(() => validateNewNamespaces(wanted, undefined)).toThrow(
    expect.objectContaining({ code: "X_NAMESPACE_INVALID", field }),
  );
});

test.each<[string, NewNamespaces, string]>([
  ["a user nobody is", { namespaces: ["user"], uid: 1 }, "uid"],
  ["a group nobody is in", { namespaces: ["user"], gid: 10 }, "gid"],
  ["a supplementary group nobody is in", { namespaces: ["user"], groups: [0, 11] }, "groups[1]"],
  ["maps without a user namespace", { namespaces: ["pid"] }, "uidMappings"],
])("%s is refused with its field", (_, wanted, field) => {
  expect(() => validateNewNamespaces(wanted, maps)).toThrow(
    expect.objectContaining({ code: "X_NAMESPACE_INVALID", field }),
  );
});

test("no /proc is fine anywhere", () => {
  expect(() =>
    validateNewNamespaces({ namespaces: [], mountProc: false }, undefined),
  ).not.toThrow();
});
