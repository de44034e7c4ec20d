import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { answer, exec, fork, launch, reap, result, type Plan, type Step } from "@x/plan";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { detect } from "../hierarchy/detect.ts";
import type { GroupDirectory } from "../hierarchy/hierarchy.ts";
import { parseMembership } from "../hierarchy/membership.ts";
import { cgroupNamespace } from "./cgroup-namespace.ts";
import { into } from "./into.ts";
import { join } from "./join.ts";
import { assertJoinable } from "./joinable.ts";

const isRoot = process.getuid!() === 0;
const reason = isRoot ? "" : " (skipped: needs root)";
const name = `x-steps-${process.pid}`;

let groups: GroupDirectory[] = [];
beforeAll(() => {
  if (isRoot) groups = makeGroups(name);
});
afterAll(() => groups.forEach(({ path }) => rmdirSync(path)));

describe.skipIf(!isRoot)(`a new process joins its groups${reason}`, () => {
  test("in every hierarchy of this machine before its command starts", async () => {
    const paths = await show(planOf(groups));
    expect(paths).toEqual(groups.map(() => `/${name}`));
  });

  test("and sees nothing above them in a cgroup namespace of its own", async () => {
    const paths = await show(planOf(groups, { namespace: true }));
    expect(paths).toEqual(groups.map(() => "/"));
  });

  test("a v2 group by moving into it as well as by being born in it", async () => {
    const paths = await show([forked(join(groups)), reap(result("pid"))]);
    expect(paths).toEqual(groups.map(() => `/${name}`));
  });

  test("while the one who made it stays where it was", async () => {
    const before = readFileSync("/proc/self/cgroup", "utf8");
    const plan = planOf(groups, { command: ["sleep", "60"] });
    await using launched = await launch(plan, { stdio: "ignore" });
    expect(readFileSync(`/proc/${launched.launcherPid}/cgroup`, "utf8")).toBe(before);
    for (const { path } of groups) {
      expect(readFileSync(`${path}/cgroup.procs`, "utf8")).toBe(`${launched.pid}\n`);
    }
  });

  test("and fails by name at a group that has been deleted", async () => {
    const gone = groups.map((group) => ({ ...group, path: `${group.path}-gone` }));
    for (const group of gone) {
      const plan = planOf([group]);
      const refusal = { name: "PlanError", code: "ENOENT", field: "resources" };
      await expect(launch(plan)).rejects.toMatchObject(refusal);
      await expect(launch(plan)).rejects.toThrow(`${name}-gone`);
    }
  });

  test("and fails by name at one that is deleted while it is about to", async () => {
    for (const group of makeGroups(`${name}-dying`)) {
      const [open, ...rest] = join([group], { field: "resources" });
      const plan = [open!, answer({ why: "Node deletes the group" }), ...rest, command(["true"])];
      const launching = launch(plan, { answer: () => rmdirSync(group.path) });
      const refusal = { code: "ENODEV", syscall: "write", field: "resources" };
      await expect(launching).rejects.toMatchObject(refusal);
      await expect(launching).rejects.toThrow(/the group has been deleted/);
    }
  });
});

describe.skipIf(!isRoot)(`whether a group can be joined is seen before${reason}`, () => {
  test("one that is there and runs can", () => {
    expect(() => assertJoinable(groups)).not.toThrow();
    expect(() =>
      assertJoinable(detect().all.map((one) => ({ hierarchy: one, path: one.mountpoint }))),
    ).not.toThrow();
  });

  test("one that was deleted cannot", () => {
    for (const group of groups) {
      const gone = [{ ...group, path: `${group.path}-gone` }];
      expect(() => assertJoinable(gone)).toThrow(
        expect.objectContaining({ code: "X_CGROUP_GONE", message: expect.stringMatching(/-gone/) }),
      );
    }
  });

  test("one that is frozen cannot", async () => {
    for (const group of groups) {
      const switches = freezerOf(group);
      if (switches === undefined) continue;
      writeFileSync(`${group.path}/${switches.file}`, switches.freeze);
      await expect
        .poll(() => caught(() => assertJoinable([group])))
        .toMatchObject({ code: "X_CGROUP_BUSY", message: expect.stringMatching(/frozen.*Thaw/) });
      writeFileSync(`${group.path}/${switches.file}`, switches.thaw);
      await expect.poll(() => caught(() => assertJoinable([group]))).toBeUndefined();
    }
  });
});

interface PlanOptions {
  readonly namespace?: boolean;
  readonly command?: readonly string[];
}

/** A process that is born in the v2 group and joins the others. */
function planOf(directories: readonly GroupDirectory[], options: PlanOptions = {}): Plan {
  const field = "resources";
  const old = directories.filter(({ hierarchy }) => hierarchy.version === 1);
  const unified = directories.find(({ hierarchy }) => hierarchy.version === 2);
  const born = unified === undefined ? undefined : into(unified, { field });
  const steps = [...join(old, { field }), ...(options.namespace ? [cgroupNamespace()] : [])];
  return [
    ...(born?.before ?? []),
    forked(steps, options.command, { flags: born?.flags ?? 0, ...born?.fields }),
    reap(result("pid")),
  ];
}

function forked(
  steps: readonly Step[],
  argv: readonly string[] = ["cat", "/proc/self/cgroup"],
  args: Parameters<typeof fork>[0] = {},
): Step {
  return fork(args, [...steps, command(argv)], { as: "pid", field: "resources" });
}

function command(argv: readonly string[]): Step {
  return exec([`/usr/bin/${argv[0]}`, `/bin/${argv[0]}`], argv, []);
}

/** Where the command of a plan is in each hierarchy of `groups`, by its own `/proc/self/cgroup`. */
async function show(plan: Plan): Promise<(string | undefined)[]> {
  const launched = await launch(plan, { stdio: ["ignore", "pipe", "inherit"] });
  const members = parseMembership(await text(launched.stdout!));
  expect(await launched.exited).toEqual({ code: 0, signal: null });
  return groups.map(
    ({ hierarchy: { version, controllers, name: called } }) =>
      members.find((one) => {
        if (version === 2) return one.hierarchy === 0;
        const [first] = controllers.map((word) => (word === "io" ? "blkio" : word));
        return called === undefined ? one.controllers.includes(first!) : one.name === called;
      })?.path,
  );
}

/** Makes a group of this name in every hierarchy, ready to be joined. */
function makeGroups(group: string): GroupDirectory[] {
  return detect().all.map((hierarchy) => {
    const { mountpoint, controllers, version } = hierarchy;
    const path = `${mountpoint}/${group}`;
    mkdirSync(path, { recursive: true });
    if (version === 1 && controllers.includes("cpuset")) {
      for (const file of ["cpuset.cpus", "cpuset.mems"]) {
        writeFileSync(`${path}/${file}`, readFileSync(`${mountpoint}/${file}`));
      }
    }
    return { hierarchy, path };
  });
}

interface Switch {
  readonly file: string;
  readonly freeze: string;
  readonly thaw: string;
}

function freezerOf({ hierarchy: { version, controllers } }: GroupDirectory): Switch | undefined {
  if (version === 2) return { file: "cgroup.freeze", freeze: "1", thaw: "0" };
  if (!controllers.includes("freezer")) return undefined;
  return { file: "freezer.state", freeze: "FROZEN", thaw: "THAWED" };
}

function caught(act: () => void): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}
