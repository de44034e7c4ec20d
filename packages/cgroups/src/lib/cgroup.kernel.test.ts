import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import {
  CgroupError,
  cgroupsOf,
  createCgroup,
  detect,
  listCgroups,
  openCgroup,
  sweep,
  type Cgroup,
  type CreateOptions,
  type Resources,
} from "../index.ts";
import { gatedShell } from "../testing/gated.ts";
import { host, titled, whyNot } from "../testing/host.ts";

const no = whyNot();
const hierarchies = no === undefined ? detect().all : [];

describe("a group", () => {
  test.skipIf(no)(
    titled("is a directory of its name in every hierarchy, until it is deleted", no),
    async () => {
      const group = await createCgroup({}, { name: "x-here" });
      expect(group.directories).toHaveLength(hierarchies.length);
      for (const { path } of group.directories) {
        expect(path).toMatch(/\/x-here$/);
        expect(existsSync(path)).toBe(true);
      }
      expect(listCgroups(group.path.slice(0, -"/x-here".length))).toContain(group.path);
      await group.delete();
      await group.delete();
      for (const { path } of group.directories) expect(existsSync(path)).toBe(false);
      expect(leftovers()).toEqual([]);
    },
  );

  test.skipIf(no)(
    titled("takes processes in, and lists them, in every hierarchy", no),
    async () => {
      await using group = await createCgroup();
      await using sleeper = await gatedShell(group, "exec sleep 60");
      expect(group.processes()).toEqual([sleeper.pid]);
      expect(group.threads()).toEqual([sleeper.pid]);
      const places = cgroupsOf(sleeper.pid).map(({ path }) => path);
      expect(places.toSorted()).toEqual(group.directories.map(({ path }) => path).toSorted());
    },
  );

  test.skipIf(no)(titled("has groups below it, that go when it goes", no), async () => {
    const parent = await createCgroup();
    const child = await createCgroup({}, { parent, name: "child" });
    await createCgroup({}, { parent: child, name: "grandchild" });
    expect(parent.children()).toEqual(["child"]);
    expect(child.path).toBe(`${parent.path}/child`);
    await parent.delete();
    for (const { path } of child.directories) expect(existsSync(path)).toBe(false);
  });

  test.skipIf(no)(titled("cannot be made twice under one name", no), async () => {
    await using group = await createCgroup({}, { parent: "/x-top", name: "one" });
    await expect(createCgroup({}, { parent: "/x-top", name: "one" })).rejects.toMatchObject({
      code: "X_CGROUP_EXISTS",
    });
    expect(existsSync(group.directories[0]!.path)).toBe(true);
  });

  test.skipIf(no)(titled("moves single threads when it is threaded, or in v1", no), async () => {
    const wide = await createCgroup({}, { name: "x-wide" });
    const narrow = await createCgroup({}, { parent: wide, name: "narrow", threaded: true });
    const script = `new (require("worker_threads").Worker)("setInterval(() => {}, 1000)", { eval: true }); setInterval(() => {}, 1000)`;
    const child = spawn(process.execPath, ["-e", script]);
    await once(child, "spawn");
    wide.add(child.pid!);
    const tid = await expect
      .poll(() => threadsOf(child.pid!).at(-1))
      .toBeGreaterThan(child.pid!)
      .then(() => threadsOf(child.pid!).at(-1)!);
    narrow.addThread(tid);
    expect(narrow.threads()).toEqual([tid]);
    await wide.kill();
    await wide.delete();
  });

  test.skipIf(no)(
    titled("is not deleted while a process lives in it, which the error names", no),
    async () => {
      const group = await createCgroup();
      await using sleeper = await gatedShell(group, "exec sleep 60");
      const failed = group.delete({ timeoutMs: 100 });
      await expect(failed).rejects.toMatchObject({ code: "X_CGROUP_BUSY" });
      await expect(failed).rejects.toThrow(String(sleeper.pid));
      await sleeper[Symbol.asyncDispose]();
      await group.delete();
    },
  );

  test.skipIf(no)(
    titled("deleted at the moment its last process dies waits for that", no),
    async () => {
      const group = await createCgroup();
      const sleeper = await gatedShell(group, "exec sleep 0.3");
      await group.delete();
      expect((await sleeper.exited).code).toBe(0);
    },
  );

  test.skipIf(no)(titled("that is gone says so", no), async () => {
    const group = await createCgroup();
    await group.delete();
    expect(() => group.add(process.pid)).toThrow(
      expect.objectContaining({ code: "X_CGROUP_GONE" }),
    );
    expect(group.processes()).toEqual([]);
  });

  test.skipIf(no)(titled("takes no process that is not there", no), async () => {
    await using group = await createCgroup();
    expect(() => group.add(4_194_304)).toThrow(/no process 4194304/);
    expect(() => group.add(0)).toThrow(/no process or thread number/);
  });

  test.skipIf(no)(titled("reads and writes any of its files, and no others", no), async () => {
    await using group = await createCgroup();
    expect(group.read("cgroup.procs")).toBe("");
    expect(() => group.read("../cgroup.procs")).toThrow(/no file of a group/);
    await expect(group.write("no.such", "1")).rejects.toMatchObject({
      code: "X_CGROUP_NO_CONTROLLER",
    });
  });
});

describe("bad input is refused by field, and nothing is made", () => {
  afterEach(() => expect(leftovers()).toEqual([]));

  test.skipIf(no).each<[string, Resources, CreateOptions, string]>([
    ["negative memory", { memory: { limit: -1 } }, {}, "memory.limit"],
    ["burst without a quota", { cpu: { burst: 1000 } }, {}, "cpu.burst"],
    ["an unknown limit", { memroy: {} } as Resources, {}, "memroy"],
    ["an unknown controller", {}, { controllers: ["gpu" as "cpu"] }, "controllers[0]"],
    ["the controller ns", {}, { controllers: ["ns" as "cpu"] }, "controllers[0]"],
    ["a name with a slash", {}, { name: "a/b" }, "name"],
    ["a name that climbs", {}, { name: ".." }, "name"],
    ["a name with a newline", {}, { name: "a\nb" }, "name"],
    ["a name of 300 characters", {}, { name: "a".repeat(300) }, "name"],
    ["a parent that climbs", {}, { parent: "/a/../b" }, "parent"],
    [
      "a device rule that is none",
      { devices: [{ allow: true, access: "x" }] },
      {},
      "devices[0].access",
    ],
    ["CPUs that are not there", { cpu: { cpus: "0-99" } }, {}, "cpu.cpus"],
  ])("%s", async (_, resources, options, field) => {
    const failed = createCgroup(resources, options);
    await expect(failed).rejects.toBeInstanceOf(CgroupError);
    await expect(failed).rejects.toMatchObject({ field });
    await expect(failed).rejects.toThrow(field);
  });

  test.skipIf(no)(titled("CPUs that are not there are told from those that are", no), async () => {
    await expect(createCgroup({ cpu: { cpus: "0-99" } })).rejects.toThrow(/0-\d+|there (is|are)/);
  });

  test.skipIf(no)(titled("a limit that the kernel refuses leaves no group", no), async () => {
    if (host!.mode !== "v2") return;
    await expect(createCgroup({ unified: { "memory.max": "nonsense" } })).rejects.toMatchObject({
      field: 'unified["memory.max"]',
    });
  });
});

test.skipIf(no)(
  titled("an update of what nothing here can limit is refused by field", no),
  async () => {
    await using group = await createCgroup();
    const absent = { network: { classID: 1 } };
    const there = host!.controllers.includes("net_cls");
    const updated = group.update(there ? { rdma: { mlx: { hcaObjects: 1 } } } : absent);
    await expect(updated).rejects.toMatchObject({
      code: "X_CGROUP_NO_CONTROLLER",
      field: there ? "rdma" : "network.classID",
    });
  },
);

describe("what is not ours is not deleted", () => {
  test.skipIf(no)(
    titled("a group that another made, the root, and the one we are in", no),
    async () => {
      await using made = await createCgroup();
      const refused = { code: "X_CGROUP_NOT_OURS" };
      await expect(openCgroup(made.path).delete()).rejects.toMatchObject(refused);
      await expect(openCgroup("/", { own: true }).delete()).rejects.toMatchObject(refused);
      expect(existsSync(made.directories[0]!.path)).toBe(true);
    },
  );

  test.skipIf(no)(titled("a neighbour stays when a group is deleted", no), async () => {
    const top = hierarchies[0]!.mountpoint;
    mkdirSync(`${top}/x-neighbour`);
    try {
      const group = await createCgroup({}, { parent: "/", name: "x-mine" });
      await group.delete();
      expect(existsSync(`${top}/x-neighbour`)).toBe(true);
    } finally {
      rmdirSync(`${top}/x-neighbour`);
    }
  });
});

describe("after kill -9 of the program that owned them", () => {
  test.skipIf(no)(
    titled("one call of sweep() ends what runs in its groups and deletes them", no),
    async () => {
      const program = `
      const { createCgroup } = await import(${JSON.stringify(new URL("../index.ts", import.meta.url).pathname)});
      const { spawn } = await import("node:child_process");
      const group = await createCgroup();
      const below = await createCgroup({}, { parent: group, name: "below" });
      const child = spawn("sleep", ["1000"], { stdio: "ignore" });
      below.add(child.pid);
      console.log(JSON.stringify({ path: group.path, pid: child.pid }));
      setInterval(() => {}, 1000);`;
      const owner = spawn(
        process.execPath,
        ["--conditions=source", "--import", "tsx", "--input-type=module", "-e", program],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      const [line] = await once(owner.stdout, "data");
      const { path, pid } = JSON.parse(String(line)) as { path: string; pid: number };
      await using ours = await createCgroup();
      const owned = path.slice(0, path.lastIndexOf("/"));
      expect(await sweep()).not.toContain(owned); // its owner lives
      owner.kill("SIGKILL");
      await once(owner, "exit");
      expect(await sweep()).toContain(owned);
      expect(() => openCgroup(path)).toThrow(/there is no group/);
      expect(lives(pid)).toBe(false);
      expect(existsSync(ours.directories[0]!.path)).toBe(true);
    },
  );
});

describe("on a host with v1 alone", () => {
  const v1 = hierarchies.filter(({ version }) => version === 1);
  const without = no ?? (v1.length === 0 ? "no v1 hierarchy here" : undefined);
  const pretend = { hierarchies: { mode: "v1", all: v1 } } as const;

  test.skipIf(without)(titled("a fork bomb is frozen, killed and deleted", without), async () => {
    const group: Cgroup = await createCgroup({ pids: { limit: 64 } }, pretend);
    expect(group.unifiedDirectory).toBeUndefined();
    await using bomb = await gatedShell(group, "b() { b | b & }; b 2>/dev/null; sleep 60");
    await expect.poll(() => group.stat(["pids"]).pids!.events.max).toBeGreaterThan(5);
    await group.kill();
    await group.delete();
    await bomb.exited;
    expect(() => openCgroup(group.path)).toThrow(/there is no group/);
  });

  test.skipIf(without)(titled("freezing and thawing work as well", without), async () => {
    await using group = await createCgroup({}, pretend);
    await using counter = await gatedShell(group, "while echo 1; do sleep 0.01; done");
    await counter.line();
    await group.freeze();
    expect(group.frozen).toBe(true);
    await group.thaw();
    expect(group.frozen).toBe(false);
    await counter.line();
  });
});

function threadsOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).map(Number);
}

/** A zombie is dead: who reaps it takes its time. */
function lives(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

/** Groups of this process that are still there; other tests have theirs. */
function leftovers(): string[] {
  const owners = listCgroups("/x").filter((path) => path.includes(`.${process.pid}.`));
  return owners.flatMap((path) => listCgroups(path));
}
