import { channel as diagnostics } from "node:diagnostics_channel";
import {
  openProcess,
  reap,
  signalNumber,
  socketPair,
  spawnFile,
  syscall,
  type Descriptor,
  type Exit,
  type SignalName,
} from "@x/syscall";
import type { Readable, Writable } from "node:stream";
import { FIRST_EXTRA, type Act } from "../act.ts";
import type { Inject } from "../compile/lower.ts";
import { PlanError } from "../error.ts";
import { failed } from "../failed.ts";
import type { Plan } from "../step.ts";
import { listen } from "./channel.ts";
import { executable, LAUNCHER_NAME } from "./executable.ts";
import { killContainer, type Processes } from "./kill.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { openStdio, type Stdio, type Streams } from "./stdio.ts";
import { timingOf, type Timing } from "./timing.ts";

/** How a plan is launched. */
export interface LaunchOptions {
  /** The standard streams; "pipe" unless given. */
  readonly stdio?: Stdio;
  /** Descriptors of this process that the launcher gets as 3, 4, … */
  readonly descriptors?: readonly (number | Descriptor)[];
  /** Ends the launch, and what it started, with SIGKILL. */
  readonly signal?: AbortSignal;
  /** Does not keep the event loop alive. */
  readonly detached?: boolean;
  /** Measures every act; the figures are in {@link Launched.timings}. */
  readonly trace?: boolean;
  /** Builds a fault into one act, for tests. */
  readonly inject?: Inject;
  /** Called when an `answer` step asks, with all that was reported before it; then it goes on. */
  readonly answer?: (reports: Readonly<Record<string, number>>) => void | Promise<void>;
}

/** A launcher at work, and the container that it waits for. Disposing of it kills and reaps. */
export interface Launched extends AsyncDisposable {
  /** The first process of the container, as this process's PID namespace counts. */
  readonly pid: number;
  /** The launcher itself. */
  readonly launcherPid: number;
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** How the container's first process ended. The launcher has been reaped by then. */
  readonly exited: Promise<Exit>;
  /** What `report` steps have said. */
  readonly reports: Readonly<Record<string, number>>;
  /** How long each act took, with `trace`. */
  readonly timings: readonly Timing[];
  /**
   * Sends a signal to the container's first process: SIGKILL straight to it, others through the
   * launcher, whose `reap` step passes them on. False when it has ended.
   */
  kill(signal?: SignalName): boolean;
}

const launches = diagnostics("x:plan");

/**
 * Compiles a plan, runs it, and resolves when its first `execve` has succeeded (or, for a plan
 * without one, when it is done). A plan is data that does not change: one that is launched again is
 * not compiled again.
 *
 * Rejects with `PlanError` when a step fails, `InvalidPlanError` when the plan makes no sense,
 * `SyscallError` when the launcher cannot be started, and with the reason of an aborted `signal`.
 * The launcher runs in a session of its own with an empty environment; nothing of a launch that
 * failed is left. The event loop is blocked by the spawn alone. Each launch is published on the
 * diagnostics channel `x:plan`. Source: memfd_create(2), posix_spawn(3), pidfd_open(2).
 */
export async function launch(plan: Plan, options: LaunchOptions = {}): Promise<Launched> {
  const { signal } = options;
  signal?.throwIfAborted();
  const prepared = prepare(plan);
  const { acts } = prepared;
  const reports: Record<string, number> = {};
  const timings: Timing[] = [];
  /** What must have been heard by the end of the channel, if all is well. */
  const awaited = new Set(acts.all.filter(isAwaited).map(({ index }) => index));
  let pid: number | undefined;
  let trouble: unknown;

  const { launcherPid, pidfd, streams, ours } = start(prepared, options);
  const processes = (): Processes => {
    return { launcher: pidfd, launcherPid, pid: reports["pid"] ?? pid ?? launcherPid };
  };
  let over = false;
  const kill = (name: SignalName): boolean => !over && killContainer(processes(), name);
  const abort = (): void => void kill("SIGKILL");
  signal?.addEventListener("abort", abort, { once: true });
  const exited = reap(pidfd, { keepAlive: options.detached !== true }).finally(() => {
    over = true;
    pidfd.close();
    signal?.removeEventListener("abort", abort);
  });

  const listening = listen(ours, (record) => {
    const act = acts.all[record.index - 1]!;
    awaited.delete(record.index);
    if (record.kind === "waits") pid = record.value;
    else if (record.kind === "ready") return;
    else if (record.kind === "trace") timings.push(timingOf(act, record));
    else if (record.kind === "report" && act.kind === "report") {
      reports[act.report.name] = record.value;
    } else if (record.kind === "ask") void reply();
    else trouble ??= failed(act, record.kind === "failed" ? record.value : undefined);
  });

  async function reply(): Promise<void> {
    try {
      await options.answer?.(reports);
      listening.answer();
    } catch (error) {
      trouble ??= error;
      listening.close(); // the launcher's read ends without an answer, and so does the launcher
    }
  }

  try {
    // A launcher that dies while a child of it is still to be told so: our end has to close first.
    await Promise.race([listening.ended, exited.then(() => listening.drained())]);
    if (signal?.aborted) throw signal.reason;
    if (trouble !== undefined) throw trouble;
    if (awaited.size > 0) throw await died(exited);
  } catch (error) {
    listening.close();
    kill("SIGKILL");
    await exited;
    streams.destroy();
    throw error;
  }
  const launched: Launched = {
    pid: processes().pid,
    launcherPid,
    stdin: streams.stdin,
    stdout: streams.stdout,
    stderr: streams.stderr,
    exited,
    reports,
    timings,
    kill: (name = "SIGTERM") => kill(name),
    async [Symbol.asyncDispose]() {
      kill("SIGKILL");
      await exited;
      streams.destroy();
    },
  };
  if (launches.hasSubscribers) launches.publish({ plan, launched });
  return launched;
}

/** A launcher that is killed before it has said all this has not come to its end. */
function isAwaited({ kind }: Act): boolean {
  return kind === "ready" || kind === "waits" || kind === "report";
}

interface Started {
  readonly launcherPid: number;
  readonly pidfd: Descriptor;
  readonly streams: Streams;
  /** Our end of the channel. */
  readonly ours: Descriptor;
}

/** Everything up to the spawn; closes all it opened when something fails. */
function start(prepared: Prepared, options: LaunchOptions): Started {
  const { stdio, descriptors = [], trace = false, inject } = options;
  const channel = FIRST_EXTRA + descriptors.length;
  const bytes = prepared.launcher({
    channel,
    trace,
    ...(inject === undefined ? {} : { inject }),
  });
  const streams = openStdio(stdio);
  const [ours, theirs] = socketPair();
  try {
    const inherited = [...streams.theirs, ...descriptors.map(numberOf), theirs.fd];
    using launcher = executable(bytes);
    const launcherPid = spawnFile(`/proc/self/fd/${launcher.fd}`, {
      argv: [LAUNCHER_NAME],
      env: {},
      descriptors: new Map(inherited.map((fd, target) => [target, fd])),
      session: true,
    });
    return { launcherPid, pidfd: openLauncher(launcherPid), streams, ours };
  } catch (error) {
    ours.close();
    streams.destroy();
    throw error;
  } finally {
    theirs.close();
    streams[Symbol.dispose]();
  }
}

/** Out of descriptors just now: the launcher, which nobody could wait for, must not stay. */
function openLauncher(pid: number): Descriptor {
  try {
    return openProcess(pid);
  } catch (error) {
    syscall("kill", pid, signalNumber("SIGKILL"));
    syscall("wait4", pid, null, 0, null);
    throw error;
  }
}

function numberOf(descriptor: number | Descriptor): number {
  return typeof descriptor === "number" ? descriptor : descriptor.fd;
}

async function died(exited: Promise<Exit>): Promise<PlanError> {
  const { code, signal } = await exited;
  const how = signal === null ? `exited with ${code}` : `was ended by ${signal}`;
  return new PlanError(
    { code: "X_LAUNCHER_DIED" },
    `the launcher ${how} before the command was executed`,
  );
}
