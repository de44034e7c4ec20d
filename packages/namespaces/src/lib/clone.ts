import { launch, type Stdio } from "@x/plan";
import { cloneSteps } from "./clone-steps.ts";
import type { Command, Environment } from "./command.ts";
import { verifyIdMaps } from "./id-map-check.ts";
import { writeByHelper } from "./id-helpers.ts";
import { idMapWriters } from "./id-map-writers.ts";
import { identity, type Identity } from "./identity.ts";
import type { IdMapping } from "./id-map.ts";
import type { NewNamespaces, UserMaps } from "./new-namespaces.ts";
import type { NamespacedProcess } from "./process.ts";
import { clearer } from "./user-off.ts";

export interface CloneOptions extends NewNamespaces {
  /** Who the users inside are outside; the caller as root unless given. Needs `user`. */
  readonly uidMappings?: readonly IdMapping[];
  readonly gidMappings?: readonly IdMapping[];
  /** The environment of the command; this process's unless given. */
  readonly env?: Environment;
  /** Where the standard streams go; pipes unless given. */
  readonly stdio?: Stdio;
  /** Ends the command with SIGKILL. */
  readonly signal?: AbortSignal;
}

/**
 * Starts a command in new namespaces; resolves when it has been executed. It ends when this
 * process (or the worker thread that called) does, and with it all of a new PID namespace.
 *
 * ```ts
 * const child = await clone(["hostname"], { namespaces: ["user", "uts"], hostname: "box" });
 * ```
 *
 * Rejects with `NamespaceError` for input that makes no sense, a map that a helper refuses, or a
 * machine without user namespaces, and with `PlanError` for what the kernel refuses; nothing is
 * left then. Source: clone(2), namespaces(7), user_namespaces(7).
 */
export async function clone(command: Command, options: CloneOptions): Promise<NamespacedProcess> {
  const { env = process.env, stdio = "pipe", signal } = options;
  const who = identity();
  const maps = mapsOf(options, who);
  const writers = maps === undefined ? undefined : idMapWriters(maps, who);
  const plan = cloneSteps(command, {
    ...options,
    parent: process.pid,
    env,
    idMaps: maps === undefined || writers === undefined ? undefined : { ...maps, writers },
  });
  try {
    return await launch(plan, {
      stdio,
      ...(signal === undefined ? {} : { signal }),
      async answer({ pid }) {
        if (pid === undefined || maps === undefined || writers === undefined) return;
        if (writers.uid === "helper") await writeByHelper("uid", pid, maps.uidMappings, signal);
        if (writers.gid === "helper") await writeByHelper("gid", pid, maps.gidMappings, signal);
        verifyIdMaps(pid, maps);
      },
    });
  } catch (error) {
    throw maps === undefined ? error : clearer(error, who.canSetuid);
  }
}

function mapsOf(options: CloneOptions, { uid, gid }: Identity): UserMaps | undefined {
  const { namespaces, uidMappings, gidMappings } = options;
  if (!namespaces.includes("user") && uidMappings === undefined && gidMappings === undefined) {
    return undefined;
  }
  return {
    uidMappings: uidMappings ?? [{ containerID: 0, hostID: uid, size: 1 }],
    gidMappings: gidMappings ?? [{ containerID: 0, hostID: gid, size: 1 }],
  };
}
