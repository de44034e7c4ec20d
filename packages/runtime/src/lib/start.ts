import { text as readAll } from "node:stream/consumers";
import type { Arch, SignalName } from "@x/syscall";
import type { GroupDirectory } from "@x/cgroups";
import type { OverlayFacts } from "@x/unionfs";
import { compile, launch, type LaunchOptions, type Plan } from "@x/plan";
import { containerIn, containerOf, type Container } from "./container.ts";
import { SandboxError } from "./error.ts";
import { abandon, makeGroups } from "./group.ts";
import { learn } from "./learn.ts";
import { hasGroup } from "./limits.ts";
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
  /** The kernel killed a process of it for want of memory. */
  readonly oom: boolean;
}

/** What a plan must be told that is not in the description. */
export interface PlanContext {
  /** The control group that the container is to join, one directory in each hierarchy. */
  readonly cgroup?: readonly GroupDirectory[];
  /** What this machine's overlay can do, `overlayFacts()` of @x/unionfs: for a root of layers. */
  readonly overlay?: OverlayFacts;
}

/**
 * The list of system calls that makes this container on this machine. A list makes no control
 * group: that of a container with limits or devices has to be given. Throws `SandboxError` with the
 * field that makes no sense, before anything is touched.
 */
export function planOf(sandbox: Sandbox, context: PlanContext = {}): Plan {
  validate(sandbox);
  const facts = { ...learn(sandbox), ...context };
  if (context.cgroup !== undefined) return plan(sandbox, facts);
  if (!hasGroup(sandbox)) return recentPlan(sandbox, facts);
  const message = "a list makes no control group; give the one that it is to join, as { cgroup }";
  throw new SandboxError(groupField(sandbox), message);
}

/**
 * Starts a container and resolves when its command has been executed. Disposing of what it returns
 * ends the container; when this process dies, the container does as well. A container with limits
 * or devices has a control group of its own, which is made before it and deleted after it.
 *
 * Rejects with `SandboxError` for a bad description, `PlanError` when the kernel refuses a step,
 * and `CgroupError` for limits that this machine cannot keep; `field` names the part of the
 * description in all of them.
 */
export async function start(sandbox: Sandbox, options: StartOptions = {}): Promise<Container> {
  const overlay = await overlayOf(sandbox);
  if (!hasGroup(sandbox)) return containerOf(await launch(planOf(sandbox, overlay), options));
  validate(sandbox);
  options.signal?.throwIfAborted();
  const facts = { ...learn(sandbox), ...overlay };
  const groups = await makeGroups(sandbox, facts);
  try {
    const cgroup = groups.inside.directories.map(({ hierarchy, path }) => ({ hierarchy, path }));
    const launched = await launch(plan(sandbox, { ...facts, cgroup }), options);
    return containerIn(groups, launched);
  } catch (error) {
    throw await abandon(groups.limits, error);
  }
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
  const [stdout, stderr, ended] = await Promise.all([
    readAll(container.stdout!),
    readAll(container.stderr!),
    container.ended,
  ]);
  signal?.throwIfAborted();
  const durationMs = performance.now() - begin;
  const { code: exitCode, oom } = ended;
  return { exitCode, signal: ended.signal, stdout, stderr, durationMs, oom };
}

/**
 * The list of a container that is to stand alone, made for machines that look like this one: it
 * covers what their kernels may have and this one lacks, and does not end with whoever starts it.
 * Throws as {@link planOf} does, and for limits and devices: nobody would be there to make a
 * control group before it and to delete it afterwards.
 */
export function standalonePlanOf(
  sandbox: Sandbox,
  context: Pick<PlanContext, "overlay"> = {},
): Plan {
  validate(sandbox);
  if (hasGroup(sandbox)) {
    const message =
      "a file that stands alone has nobody to make its control group; limit it from outside, " +
      "for instance with systemd-run --scope -p MemoryMax=32M";
    throw new SandboxError(groupField(sandbox), message);
  }
  return plan(sandbox, { ...learn(sandbox), ...context, missing: [] }, { standalone: true });
}

/**
 * The container as a static executable for Linux, which needs neither Node nor this package to
 * run: {@link standalonePlanOf}, compiled. Throws as {@link planOf} does.
 */
export function executableOf(
  sandbox: Sandbox,
  arch: Arch,
  context: Pick<PlanContext, "overlay"> = {},
): Uint8Array {
  return compile(standalonePlanOf(sandbox, context), { arch });
}

/**
 * What a plan for this root must be told of this machine's overlay: nothing, unless it is a union.
 * Rejects with `UnionError` where the kernel mounts no overlay.
 */
export async function overlayOf({ root }: Sandbox): Promise<Pick<PlanContext, "overlay">> {
  if (typeof root !== "object" || !("lower" in root)) return {};
  const { overlayFacts } = await import("@x/unionfs");
  return { overlay: await overlayFacts() };
}

function groupField({ resources }: Sandbox): string {
  return resources === undefined ? "devices" : "resources";
}
