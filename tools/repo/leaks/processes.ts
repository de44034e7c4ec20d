import { readdirSync, readFileSync, readlinkSync } from "node:fs";

interface Process {
  pid: number;
  name: string;
  state: string;
  parent: number;
}

const kinds = ["cgroup", "ipc", "net", "pid", "user", "uts"];

/**
 * Processes that a test run may have left: what descends from this process (vitest's own workers
 * aside), and what nobody waits for any more and either carries the run's temporary folder in its
 * environment, or is a launcher, or lives in namespaces of its own.
 */
export function strays(temporary: string): string[] {
  const all = new Map(processes().map((found) => [found.pid, found]));
  return [...all.values()]
    .filter((found) =>
      descends(found, all) ? !isWorker(found.pid) : isOrphan(found, all, temporary),
    )
    .map(({ pid, name, state }) =>
      `process ${pid} ${name} (${state}) ${commandLine(pid)}`.trimEnd(),
    );
}

function processes(): Process[] {
  const pids = entries("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const [, name, state, parent] = /\((.*)\) (\S) (\d+)/s.exec(read(`/proc/${pid}/stat`)) ?? [];
    return name === undefined || state === undefined
      ? []
      : [{ pid: Number(pid), name, state, parent: Number(parent) }];
  });
}

function descends({ parent }: Process, all: Map<number, Process>): boolean {
  const next = all.get(parent);
  return parent === process.pid || (next !== undefined && descends(next, all));
}

/** Its line of parents leaves the run at an init. */
function isOrphan(found: Process, all: Map<number, Process>, temporary: string): boolean {
  if (!isOurs(found.pid, temporary)) {
    return false;
  }
  const parent = all.get(found.parent);
  return (
    parent === undefined ||
    parent.pid === 1 ||
    parent.name === "systemd" ||
    isOrphan(parent, all, temporary)
  );
}

function isOurs(pid: number, temporary: string): boolean {
  if (read(`/proc/${pid}/environ`).includes(`TMPDIR=${temporary}\0`)) {
    return true;
  }
  const isLauncher = link(`/proc/${pid}/exe`).startsWith("/memfd:x-launcher");
  // A service manager's units have namespaces of their own too, but not in this control group.
  return (
    (isLauncher || livesElsewhere(pid)) && read(`/proc/${pid}/cgroup`) === read("/proc/self/cgroup")
  );
}

function livesElsewhere(pid: number): boolean {
  return kinds.some(
    (kind) => ![link(`/proc/self/ns/${kind}`), ""].includes(link(`/proc/${pid}/ns/${kind}`)),
  );
}

function isWorker(pid: number): boolean {
  return commandLine(pid).includes("/vitest/dist/workers/");
}

function commandLine(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
}

// A process may be gone by the time it is read, or belong to somebody else: then there is nothing to say.
function read(path: string): string {
  return quietly(() => readFileSync(path, "utf8"), "");
}

function link(path: string): string {
  return quietly(() => readlinkSync(path), "");
}

function entries(path: string): string[] {
  return quietly(() => readdirSync(path), []);
}

function quietly<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
