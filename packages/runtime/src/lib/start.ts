import { text as readAll } from "node:stream/consumers";
import type { Arch, SignalName } from "@x/syscall";
import { compile, launch, type Launched, type LaunchOptions, type Plan } from "@x/plan";
import { learn } from "./learn.ts";
import { plan } from "./plan/container.ts";
import { recentPlan } from "./recent-plan.ts";
import type { Sandbox } from "./sandbox.ts";
import { validate } from "./validate.ts";

/** How a container is started: where its streams go, what ends it. */
export type StartOptions = Pick<
  LaunchOptions,
  "stdio" | "signal" | "detached" | "trace" | "inject"
>;

/** What a command has done. */
export interface RunResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: SignalName | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds from the call to the end. */
  readonly durationMs: number;
}

/**
 * The list of system calls that makes this container on this machine. Throws `SandboxError` with
 * the field that makes no sense, before anything is touched.
 */
export function planOf(sandbox: Sandbox): Plan {
  validate(sandbox);
  return recentPlan(sandbox, learn(sandbox));
}

/**
 * Starts a container and resolves when its command has been executed. Disposing of what it returns
 * ends the container; when this process dies, the container does as well.
 *
 * Rejects with `SandboxError` for a bad description and `PlanError` when the kernel refuses a
 * step; `field` names the part of the description in both.
 */
export async function start(sandbox: Sandbox, options: StartOptions = {}): Promise<Launched> {
  return launch(planOf(sandbox), options);
}

/**
 * Runs a command in a container to its end and returns what it has written and how it ended. An
 * exit status other than 0 is a result, not an error. Rejects as {@link start} does, and with the
 * reason of an aborted `signal`.
 */
export async function run(
  sandbox: Sandbox,
  options: { readonly signal?: AbortSignal; readonly input?: string | Uint8Array } = {},
): Promise<RunResult> {
  const { signal, input } = options;
  const begin = performance.now();
  await using container = await start(sandbox, {
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    ...(signal === undefined ? {} : { signal }),
  });
  // A command that does not read its input to the end closes it: its right, and no error of ours.
  container.stdin?.on("error", () => {}).end(input);
  const [stdout, stderr, exit] = await Promise.all([
    readAll(container.stdout!),
    readAll(container.stderr!),
    container.exited,
  ]);
  signal?.throwIfAborted();
  const durationMs = performance.now() - begin;
  return { exitCode: exit.code, signal: exit.signal, stdout, stderr, durationMs };
}

/**
 * The list of a container that is to stand alone, made for machines that look like this one: it
 * covers what their kernels may have and this one lacks, and does not end with whoever starts it.
 * Throws as {@link planOf} does.
 */
export function standalonePlanOf(sandbox: Sandbox): Plan {
  validate(sandbox);
  return plan(sandbox, { ...learn(sandbox), missing: [] }, { standalone: true });
}

/**
 * The container as a static executable for Linux, which needs neither Node nor this package to
 * run: {@link standalonePlanOf}, compiled. Throws as {@link planOf} does.
 */
export function executableOf(sandbox: Sandbox, arch: Arch): Uint8Array {
  return compile(standalonePlanOf(sandbox), { arch });
}
