import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createScope } from "../systemd.ts";
import { runAs, type Someone } from "../testing/as-user.ts";
import { put } from "../testing/delegated.ts";
import { bootSystemd, whyNoSystemd, type BootedSystemd } from "../testing/booted-systemd.ts";
import { host, titled, whyNot } from "../testing/host.ts";

const notV2 = host?.mode === "v2" ? undefined : `this host is ${host?.mode}, not v2`;
const no = whyNot() ?? notV2 ?? whyNoSystemd();
/** A user that every Debian has. */
const daemon = 1;

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly field?: string;
}

describe.skipIf(no)(`${titled("where systemd runs", no)}`, () => {
  let systemd: BootedSystemd;
  beforeAll(async () => {
    systemd = await bootSystemd();
  });
  afterAll(async () => systemd[Symbol.asyncDispose]());
  const asRoot = (): Someone => ({
    entry: "systemd",
    wrapper: systemd.inside,
    before: (pid) => put(systemd.elsewhere, pid),
  });
  const asDaemon = (): Someone => {
    const become = ["setpriv", `--reuid=${daemon}`, `--regid=${daemon}`, "--clear-groups"];
    return {
      ...asRoot(),
      wrapper: [...systemd.inside, ...become],
      env: { XDG_RUNTIME_DIR: "", DBUS_SESSION_BUS_ADDRESS: "" },
    };
  };

  test("root gets a group in a scope of the system, and its limits hold", async () => {
    const seen = await runAs<Record<string, string | number | object>>(
      asRoot(),
      `const scope = await x.createScope(
        { memory: { limit: "64MiB", swap: "64MiB" }, pids: { limit: 32 } },
        { name: "x-web", slice: "x-work.slice", description: "a test of x" },
      );
      const show = () => child.execFileSync("systemctl", ["show", "-p", "ActiveState,Description,Delegate,ControlGroup", "x-web.scope"], { encoding: "utf8" });
      const before = show();
      const greedy = child.execFile("sh", ["-c", "read _; exec dd if=/dev/zero of=/dev/null bs=256M count=1"]);
      scope.add(greedy.pid);
      greedy.stdin.end("go\\n");
      const [, signal] = await once(greedy, "exit");
      const seen = {
        before, signal, limits: scope.limits(), path: scope.unifiedDirectory.path,
        oomKill: scope.stat(["memory"]).memory.events.oomKill, same: scope.constructor.name,
      };
      await scope.delete();
      await scope.delete();
      return { ...seen, after: show(), left: fs.existsSync("/sys/fs/cgroup/x.slice/x-work.slice/x-web.scope") };`,
    );
    expect(seen).toMatchObject({
      signal: "SIGKILL",
      oomKill: 1,
      same: "Cgroup",
      path: "/sys/fs/cgroup/x.slice/x-work.slice/x-web.scope/x-web",
      limits: { memory: { limit: 67_108_864 }, pids: { limit: 32 } },
      left: false,
    });
    expect(seen["before"]).toContain("ActiveState=active");
    expect(seen["before"]).toContain("Description=a test of x");
    expect(seen["before"]).toContain("Delegate=yes");
    expect(seen["after"]).toContain("ActiveState=inactive");
  });

  test("a name that is taken is refused, and the scope that has it stays", async () => {
    const { refusal, state } = await runAs<{ refusal: Refusal; state: string }>(
      asRoot(),
      `const scope = await x.createScope({}, { name: "x-taken" });
      const refusal = await x.createScope({}, { name: "x-taken" }).catch(told);
      const state = child.execFileSync("systemctl", ["is-active", "x-taken.scope"], { encoding: "utf8" });
      await scope.delete();
      return { refusal, state };`,
    );
    expect(refusal).toMatchObject({ code: "X_CGROUP_EXISTS", field: "name" });
    expect(state).toBe("active\n");
  });

  test("a program that is killed leaves no scope, once nothing runs in its group", async () => {
    const died = runAs(
      asRoot(),
      `await x.createScope({}, { name: "x-orphan" });
      process.kill(process.pid, "SIGKILL");`,
    );
    await expect(died).rejects.toThrow("exit status null");
    const state = (): string => systemd.run("sh", "-c", "systemctl is-active x-orphan.scope; true");
    await expect.poll(state, { timeout: 10_000 }).toBe("inactive\n");
  });

  test("a user without a session is refused, and told how to get one", async () => {
    const refusal = await runAs<Refusal>(
      asDaemon(),
      `await x.createScope({ pids: { limit: 9 } });`,
    );
    expect(refusal.code).toBe("X_CGROUP_NO_SYSTEMD");
    expect(refusal.hint).toContain("loginctl enable-linger");
  });

  test("a user gets a group in a scope of their own systemd", async () => {
    systemd.run("systemctl", "start", `user@${daemon}.service`);
    const seen = await runAs<Record<string, string | number | object>>(
      asDaemon(),
      `const before = own();
      const scope = await x.createScope({ memory: { limit: "64MiB" }, pids: { limit: 9 } }, { name: "x-mine" });
      const sleeper = child.spawn("sleep", ["60"]);
      scope.add(sleeper.pid);
      const seen = {
        before, own: own(), uid: process.getuid(), processes: scope.processes().length,
        path: scope.unifiedDirectory.path, limits: scope.limits(),
        cpuset: await x.createScope({ cpu: { cpus: "0" } }).then((one) => one.delete(), told),
      };
      await scope.kill();
      await scope.delete();
      return { ...seen, left: fs.existsSync(seen.path + "/..") };`,
    );
    const manager = `/user.slice/user-${daemon}.slice/user@${daemon}.service`;
    expect(seen).toMatchObject({ uid: daemon, processes: 1, left: false });
    expect(seen["before"]).not.toContain(manager);
    expect(seen["own"]).toMatch(
      new RegExp(`^0::${manager}/app\\.slice/x-program-\\d+-[0-9a-f]+\\.scope$`),
    );
    expect(seen["path"]).toBe(`/sys/fs/cgroup${manager}/app.slice/x-mine.scope/x-mine`);
    expect(seen["limits"]).toMatchObject({ memory: { limit: 67_108_864 }, pids: { limit: 9 } });
    expect(seen["cpuset"]).toMatchObject({ code: "X_CGROUP_NO_CONTROLLER", field: "cpu.cpus" });
  }, 120_000);
});

test.each([
  ["name", { name: "a+b" }],
  ["name", { name: "a/b" }],
  ["name", { name: "a@b" }],
  ["name", { name: "a".repeat(250) }],
  ["slice", { slice: "work" }],
  ["slice", { slice: "work--a.slice" }],
  ["slice", { slice: "../x.slice" }],
])("a wrong %s is refused before anybody is asked: %j", async (field, options) => {
  await expect(createScope({}, options)).rejects.toMatchObject({ code: "X_CGROUP_INVALID", field });
});

const booted = existsSync("/run/systemd/system")
  ? "this machine was booted with systemd"
  : undefined;

test.skipIf(booted)(
  titled("where systemd does not run a scope is refused, and told what to do instead", booted),
  async () => {
    for (const user of [true, false]) {
      const refusal = {
        code: "X_CGROUP_NO_SYSTEMD",
        hint: expect.stringContaining("createCgroup"),
      };
      await expect(createScope({}, { user })).rejects.toMatchObject(refusal);
    }
  },
);

test("an abort before anything was asked rejects with its reason", async () => {
  const reason = new Error("enough");
  const options = { signal: AbortSignal.abort(reason) };
  await expect(createScope({}, options)).rejects.toBe(reason);
});
