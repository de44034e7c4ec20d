import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { accessSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { detect } from "../index.ts";
import { groupsAt, put } from "./delegated.ts";

/** A systemd of its own, with namespaces and a part of the v2 tree of its own, on this machine. */
export interface BootedSystemd extends AsyncDisposable {
  /** A command that runs another one in its namespaces. */
  readonly inside: readonly string[];
  /** The directory of a group there that is none of systemd's, for who is to be moved by it. */
  readonly elsewhere: string;
  /** Runs a command there as root; what it printed. */
  run(...command: string[]): string;
}

const systemd = "/lib/systemd/systemd";

/** Why no systemd can be booted; undefined when one can. */
export function whyNoSystemd(): string | undefined {
  const needed = [
    systemd,
    "/usr/bin/busctl",
    "/usr/bin/dbus-daemon",
    "/usr/lib/systemd/user/dbus.socket",
  ];
  const missing = needed.filter((file) => !isThere(file));
  return missing.length === 0 ? undefined : `no ${missing.join(", ")}`;
}

const withoutDefaults = "[Unit]\nDefaultDependencies=no\n";

/** Nothing starts but the message bus and what is asked for: not all that a machine boots with. */
const units = {
  "x.target": `${withoutDefaults}Wants=dbus.service\n`,
  // What logind would say to a session.
  "user@.service.d/x.conf": `${withoutDefaults}[Service]\nEnvironment=XDG_RUNTIME_DIR=/run/user/%%i\n`,
  "user-runtime-dir@.service.d/x.conf": withoutDefaults,
  "systemd-logind.service": "",
  "dbus-org.freedesktop.login1.service": "",
  "dbus.socket": `${withoutDefaults}[Socket]\nListenStream=/run/dbus/system_bus_socket\n`,
  "dbus.service": `${withoutDefaults}Requires=dbus.socket\n[Service]\nExecStart=/usr/bin/dbus-daemon --system --address=systemd: --nofork --nopidfile --systemd-activation\n`,
};

/** The root read-only, so that all it writes is gone with it. */
const prepare = `
  read _
  mount -o remount,bind,ro /
  for folder in /run /tmp /var/tmp; do mount -t tmpfs tmpfs $folder; done
  umount /sys/fs/cgroup
  mount -t cgroup2 none /sys/fs/cgroup
  mkdir -p /run/systemd/system
  cd /run/systemd/system
  mkdir user@.service.d user-runtime-dir@.service.d
  ${Object.entries(units)
    .map(([name, text]) => `printf '${text.replaceAll("\n", "\\n")}' > ${name}`)
    .join("\n")}
  cd /
  exec env -i container=x ${systemd} --system --unit=x.target --log-target=console --show-status=no`;

/** Boots one as a container's first process. Needs root and a pure v2 tree. */
export async function bootSystemd(): Promise<BootedSystemd> {
  const { mountpoint } = detect().all.find(({ version }) => version === 2)!;
  const all = readFileSync(`${mountpoint}/cgroup.controllers`, "utf8").trim().split(" ");
  writeFileSync(`${mountpoint}/cgroup.subtree_control`, all.map((name) => `+${name}`).join(" "));
  const group = `${mountpoint}/x-systemd-${process.pid}`;
  mkdirSync(group);
  const namespaces = ["unshare", "-pfmCuin", "--mount-proc", "--kill-child"];
  const script = `read _ && exec ${namespaces.join(" ")} sh -ec "$1"`;
  const child = spawn("sh", ["-c", script, "sh", prepare], { stdio: ["pipe", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (log += text));
  }
  const exited = once(child, "exit");
  await once(child, "spawn");
  const end = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
    await removed(group);
  };
  try {
    put(group, child.pid!);
    child.stdin.write("unshare\n");
    const pid = await firstProcess(child.pid!, () => log);
    // What starts it stays outside: the root of its part is to have no processes.
    put(mountpoint, child.pid!);
    child.stdin.write("boot\n");
    const inside = ["nsenter", "--all", "--target", pid];
    await until(
      "the bus answers",
      () => log,
      () => answers(inside),
    );
    const elsewhere = `${group}/elsewhere`;
    mkdirSync(elsewhere);
    const run = (...command: string[]): string => runIn(inside, command);
    return { inside, elsewhere, run, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Process 1 of the new PID namespace. */
async function firstProcess(unshare: number, log: () => string): Promise<string> {
  const children = `/proc/${unshare}/task/${unshare}/children`;
  let pid = "";
  await until("there is a process 1", log, () => {
    pid = isThere(children) ? readFileSync(children, "utf8").trim() : "";
    return pid !== "";
  });
  return pid;
}

function answers(enter: readonly string[]): boolean {
  const [file, ...args] = [...enter, "busctl", "status", "org.freedesktop.systemd1"];
  return spawnSync(file!, args).status === 0;
}

function runIn(enter: readonly string[], command: readonly string[]): string {
  const [file, ...args] = [...enter, ...command];
  const { status, stdout, stderr } = spawnSync(file!, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command.join(" ")}: exit status ${status}: ${stderr}`);
  return stdout;
}

async function until(what: string, log: () => string, ask: () => boolean): Promise<void> {
  const deadline = performance.now() + 45_000;
  while (!ask()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}: ${log()}`);
    await sleep(200);
  }
}

async function removed(group: string): Promise<void> {
  for (const name of groupsAt(group)) await removed(`${group}/${name}`);
  await until(
    `${group} is removed`,
    () => "",
    () => {
      try {
        rmdirSync(group);
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EBUSY") return false;
        throw error;
      }
    },
  );
}

function isThere(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false; // that it is not is the answer
  }
}
