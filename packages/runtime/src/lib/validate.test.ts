import { describe, expect, test } from "vitest";
import type { Sandbox } from "./sandbox.ts";
import { validate } from "./validate.ts";

const good: Sandbox = { root: "host", args: ["true"] };
const map = { containerID: 0, hostID: 1000, size: 10 };

describe("a description that makes no sense is refused with its field", () => {
  test.each<[string, object, string]>([
    ["no command", { args: [] }, "args"],
    ["an empty command", { args: [""] }, "args"],
    ["NUL in an argument", { args: ["true", "a\0b"] }, "args[1]"],
    ["an argument over the kernel's limit", { args: ["true", "x".repeat(131_072)] }, "args[1]"],
    ["more arguments than the kernel takes", { args: Array(800_000).fill("x") }, "args"],
    ["an environment entry without =", { env: ["A=1", "B"] }, "env[1]"],
    ["an environment entry without a name", { env: ["=1"] }, "env[0]"],
    ["NUL in the environment", { env: ["A=\0"] }, "env[0]"],
    ["a relative working directory", { cwd: "tmp" }, "cwd"],
    ["an empty host name", { hostname: "" }, "hostname"],
    ["a host name of 65 bytes", { hostname: "x".repeat(65) }, "hostname"],
    ["a negative user", { user: { uid: -1, gid: 0 } }, "user.uid"],
    ["a user over 32 bits", { user: { uid: 2 ** 32, gid: 0 } }, "user.uid"],
    ["the id that means none", { user: { uid: 0, gid: 2 ** 32 - 1 } }, "user.gid"],
    [
      "a group that is no number",
      { user: { uid: 0, gid: 0, additionalGids: [1.5] } },
      "user.additionalGids[0]",
    ],
    ["an unknown namespace", { namespaces: ["mount", "pid", "nosuch"] }, "namespaces[2]"],
    ["no mount namespace", { namespaces: ["pid"] }, "namespaces"],
    [
      "a uid map with an overlap",
      { uidMappings: [map, { ...map, containerID: 5 }] },
      "uidMappings[1].containerID",
    ],
    [
      "a gid map that overflows",
      { uidMappings: [map], gidMappings: [{ ...map, size: 2 ** 32 }] },
      "gidMappings[0].size",
    ],
    ["a map of groups alone", { gidMappings: [map] }, "gidMappings"],
    [
      "a relative bind target",
      { mounts: [{ type: "bind", source: "/usr", destination: "mnt" }] },
      "mounts[0].destination",
    ],
    [
      "a relative bind source",
      { mounts: [{ type: "bind", source: "usr", destination: "/mnt" }] },
      "mounts[0].source",
    ],
    [
      "a target that climbs",
      { mounts: [{ type: "bind", source: "/usr", destination: "/a/../../b" }] },
      "mounts[0].destination",
    ],
    [
      "a mount over /proc",
      { mounts: [{ type: "tmpfs", destination: "/proc/self" }] },
      "mounts[0].destination",
    ],
    [
      "a mount over /sys",
      { mounts: [{ type: "tmpfs", destination: "//sys" }] },
      "mounts[0].destination",
    ],
    [
      "a mount over the root",
      { mounts: [{ type: "tmpfs", destination: "/." }] },
      "mounts[0].destination",
    ],
    [
      "a tmpfs of no size",
      { mounts: [{ type: "tmpfs", destination: "/a", sizeBytes: 0 }] },
      "mounts[0].sizeBytes",
    ],
    [
      "an unknown kind of mount",
      { mounts: [{ type: "nfs", destination: "/a" }] },
      "mounts[0].type",
    ],
    ["a relative device", { devices: [{ source: "fuse" }] }, "devices[0].source"],
    [
      "a device outside of /dev",
      { devices: [{ source: "/dev/fuse", destination: "/srv/fuse" }] },
      "devices[0].destination",
    ],
    [
      "a device that climbs out of /dev",
      { devices: [{ source: "/dev/fuse", destination: "/dev/../srv/fuse" }] },
      "devices[0].destination",
    ],
    ["/dev as a device", { devices: [{ source: "/dev" }] }, "devices[0].destination"],
    [
      "a device in place of /dev/null",
      { devices: [{ source: "/dev/zero", destination: "/dev/null" }] },
      "devices[0].destination",
    ],
    [
      "a device among the terminals",
      { devices: [{ source: "/dev/pts/0" }] },
      "devices[0].destination",
    ],
    [
      "an access that is none",
      { devices: [{ source: "/dev/fuse", access: "rx" }] },
      "devices[0].access",
    ],
    ["an access twice", { devices: [{ source: "/dev/fuse", access: "rr" }] }, "devices[0].access"],
    ["limits that are a word", { resources: "small" }, "resources"],
    ["an unknown capability", { capabilities: ["CAP_NOSUCH"] }, "capabilities[0]"],
    ["a root that is neither", { root: { image: "x" } }, "root"],
    ["an empty root", { root: { dir: "" } }, "root"],
  ])("%s", (_, change, field) => {
    const bad = { ...good, ...change } as Sandbox;
    const error = refusalOf(bad);
    expect(error).toMatchObject({ name: "SandboxError", code: "X_SANDBOX_INVALID", field });
    // The field comes first, and once.
    expect(error.message.split(`${field}: `)).toEqual(["", expect.stringMatching(/./)]);
  });
});

test("a description that makes sense passes", () => {
  expect(() =>
    validate({
      root: { dir: "/srv/root" },
      args: ["sh", "-c", "true"],
      env: ["A=", "B=x=y"],
      user: { uid: 1000, gid: 1000, additionalGids: [5] },
      uidMappings: [map],
      mounts: [{ type: "tmpfs", destination: "/work", sizeBytes: 4096, mode: 0o700 }],
      namespaces: ["mount", "pid", "time"],
      devices: [{ source: "/dev/fuse" }, { source: "/dev/a", destination: "/dev/net/b" }],
      resources: { pids: { limit: 10 } },
    }),
  ).not.toThrow();
});

function refusalOf(sandbox: Sandbox): Error {
  try {
    validate(sandbox);
  } catch (error) {
    return error as Error;
  }
  throw new Error("it was not refused");
}
