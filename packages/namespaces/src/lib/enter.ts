import { launch, type Stdio } from "@x/plan";
import { DEFAULT_PATH, type Command, type Environment } from "./command.ts";
import { enterSteps } from "./enter-steps.ts";
import { firstId } from "./id-map.ts";
import type { NamespaceKind } from "./kinds.ts";
import type { NamespacedProcess } from "./process.ts";
import { openTarget, type NamespaceTarget, type WayIn } from "./target.ts";

export interface EnterOptions {
  /** The kinds to join; every one in which the target differs unless given. */
  readonly namespaces?: readonly NamespaceKind[];
  /** The user, as it is called inside; where a user namespace is joined, its root unless given. */
  readonly uid?: number;
  readonly gid?: number;
  /** Supplementary groups besides `gid`. */
  readonly groups?: readonly number[];
  /** The working directory, inside; "/" unless given. */
  readonly cwd?: string;
  /** The whole environment; a PATH alone unless given, since what is set out here is private. */
  readonly env?: Environment;
  /** Where the standard streams go; pipes unless given. */
  readonly stdio?: Stdio;
  /** Ends the command with SIGKILL. */
  readonly signal?: AbortSignal;
}

/**
 * Starts a command in namespaces that exist, as `nsenter` does, and as carefully as `runc exec`:
 * nobody inside can trace it, or reach anything outside through it, before it is the command. Its
 * control groups and capabilities are not those of the target.
 *
 * ```ts
 * const child = await enter(pid, ["ps", "ax"], { stdio: "inherit" });
 * ```
 *
 * Rejects with `NamespaceError` (`X_NAMESPACE_GONE`, `X_NAMESPACE_NOT_ONE`, `X_NAMESPACE_INVALID`)
 * and with `PlanError` for what the kernel refuses. Source: setns(2), namespaces(7).
 */
export async function enter(
  target: NamespaceTarget,
  command: Command,
  options: EnterOptions = {},
): Promise<NamespacedProcess> {
  const { env = { PATH: DEFAULT_PATH }, stdio = "pipe", signal, namespaces } = options;
  using way = openTarget(target, namespaces);
  const plan = enterSteps(command, {
    joins: way.joins,
    parent: process.pid,
    env,
    cwd: options.cwd,
    uid: options.uid ?? idInside(way, "uidMappings"),
    gid: options.gid ?? idInside(way, "gidMappings"),
    groups: options.groups,
  });
  return await launch(plan, {
    stdio,
    descriptors: way.descriptors,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Root, or whoever comes first where there is no root. */
function idInside({ kinds, maps }: WayIn, side: "uidMappings" | "gidMappings"): number | undefined {
  if (!kinds.includes("user")) return undefined;
  const mappings = maps?.[side] ?? [];
  return mappings.length === 0 ? 0 : firstId(mappings);
}
