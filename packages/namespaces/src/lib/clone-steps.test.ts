import { compile, explain, explainLines } from "@x/plan";
import { expect, test } from "vitest";
import { cloneSteps, type CloneStepsOptions } from "./clone-steps.ts";
import { allKinds } from "./kinds.ts";

const golden: Record<string, CloneStepsOptions> = {
  /** A host name and nothing else. */
  uts: { parent: 4242, env: {}, namespaces: ["uts"], hostname: "box" },
  /** As root, the maps of a range, and everything that can be asked for. */
  all: {
    parent: 4242,
    env: { PATH: "/usr/bin:/bin" },
    namespaces: allKinds,
    hostname: "box",
    timeOffsets: { boottime: { secs: 86_400 } },
    propagation: "slave",
    uid: 1000,
    gid: 1000,
    groups: [10],
    cwd: "/tmp",
    idMaps: {
      uidMappings: [{ containerID: 0, hostID: 100_000, size: 65_536 }],
      gidMappings: [{ containerID: 0, hostID: 100_000, size: 65_536 }],
      writers: { uid: "launcher", gid: "launcher", setgroups: "allow" },
    },
  },
  /** As an ordinary user, one's own id. */
  own: {
    parent: 4242,
    env: {},
    namespaces: ["user", "pid", "mount"],
    idMaps: {
      uidMappings: [{ containerID: 0, hostID: 1000, size: 1 }],
      gidMappings: [{ containerID: 0, hostID: 1000, size: 1 }],
      writers: { uid: "launcher", gid: "launcher", setgroups: "deny" },
    },
  },
  /** As an ordinary user, with ranges: Node runs the helpers while the launcher waits. */
  helpers: {
    parent: 4242,
    env: {},
    namespaces: ["user", "net"],
    idMaps: {
      uidMappings: [{ containerID: 0, hostID: 100_000, size: 65_536 }],
      gidMappings: [{ containerID: 0, hostID: 100_000, size: 65_536 }],
      writers: { uid: "helper", gid: "helper", setgroups: "allow" },
    },
  },
};

test.each(Object.entries(golden))(
  "the plan of a clone reads like this: %s",
  async (name, options) => {
    const text = explain(cloneSteps(["sh", "-c", "id"], options));
    await expect(text).toMatchFileSnapshot(`__golden__/clone-${name}.txt`);
  },
);

test.each(Object.entries(golden))(
  "%s compiles for both architectures, in less than 4 KB",
  (_, options) => {
    const plan = cloneSteps(["sh"], options);
    for (const arch of ["x64", "arm64"] as const) {
      expect(compile(plan, { arch, channel: 3 }).length).toBeLessThan(4096);
    }
  },
);

test("a user namespace has its maps before another namespace is made in it", () => {
  const lines = explainLines(cloneSteps(["sh"], golden["all"]!));
  const inner = lines.filter(({ depth }) => depth === 1).map(({ syscall }) => syscall);
  expect(inner.indexOf("read")).toBeLessThan(inner.indexOf("setresuid"));
  expect(inner.indexOf("setresuid")).toBeLessThan(inner.indexOf("unshare"));
});

test("without the caller's groups denied, none of them comes along", () => {
  expect(calls("helpers")).toContain("setgroups");
  expect(calls("own")).not.toContain("setgroups");
});

function calls(name: string): string[] {
  return explainLines(cloneSteps(["sh"], golden[name]!)).map(({ syscall }) => syscall);
}
