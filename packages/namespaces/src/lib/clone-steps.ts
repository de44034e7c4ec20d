import { answer, fork, reap, report, result, step, type Plan, type Step } from "@x/plan";
import { commandStep, type Command, type Environment } from "./command.ts";
import { credentialSteps } from "./credentials.ts";
import { makeGate, openGate, waitAtGate } from "./gate.ts";
import { NamespaceError } from "./error.ts";
import { firstId } from "./id-map.ts";
import { writeIdMapSteps } from "./id-map-steps.ts";
import type { IdMapWriters } from "./id-map-writers.ts";
import { cloneFlags, type NamespaceKind } from "./kinds.ts";
import { endWith, endWithNode, openSelf, withdraw } from "./lifeline.ts";
import { validateNewNamespaces, type NewNamespaces, type UserMaps } from "./new-namespaces.ts";
import { closeOnExec, settleSteps, workingDirectory } from "./settle.ts";
import { timeOffsetSteps } from "./time-offsets.ts";

/** All that decides the plan of a `clone`. */
export interface CloneStepsOptions extends NewNamespaces {
  /** The pid of the process that starts the launcher. */
  readonly parent: number;
  /** The whole environment of the command. */
  readonly env: Environment;
  /** The id maps, where a user namespace is new, and who writes them. */
  readonly idMaps?: (UserMaps & { readonly writers: IdMapWriters }) | undefined;
}

/**
 * The plan of a command in new namespaces, as `clone` launches it.
 *
 * Without a user namespace one `clone3` makes them all. With one, that comes first, since what is
 * made before its maps are there belongs to nobody inside (message queues, `/proc/net`). The
 * launcher stays outside and writes the maps, or lets Node see to it, while the child waits.
 *
 * Throws `NamespaceError`. Source: clone(2), user_namespaces(7), time_namespaces(7).
 */
export function cloneSteps(command: Command, options: CloneStepsOptions): Plan {
  const { idMaps, namespaces, timeOffsets } = options;
  validateNewNamespaces(options, idMaps);
  // A time namespace with offsets is entered after they are set, by the process itself.
  const kinds = timeOffsets === undefined ? namespaces : without(namespaces, "time");
  const finish = [
    ...(timeOffsets === undefined ? [] : timeOffsetSteps(timeOffsets)),
    ...settleSteps(options),
    ...becomeSteps(options, idMaps),
    ...workingDirectory(options.cwd),
    ...endWith("launcher"),
    closeOnExec(),
    commandStep(command, options.env),
  ];
  return [
    ...endWithNode(options.parent),
    ...openSelf("launcher"),
    ...(idMaps === undefined ? [forkInto(kinds, finish)] : forkIntoUser(kinds, finish, idMaps)),
    ...withdraw(),
    reap(result("command"), { why: "and ends as it does" }),
  ];
}

type IdMaps = NonNullable<CloneStepsOptions["idMaps"]>;

/** First the user namespace and its maps, then in it the others. */
function forkIntoUser(
  kinds: readonly NamespaceKind[],
  finish: readonly Step[],
  maps: IdMaps,
): Step[] {
  const { uidMappings, gidMappings, writers } = maps;
  // PID and time namespaces begin with a process, so they come with this one.
  const first = kinds.filter((kind) => ["user", "pid", "time"].includes(kind));
  const others = kinds.filter((kind) => !first.includes(kind));
  const child = [
    ...waitAtGate(),
    ...becomeSteps({ uid: firstId(uidMappings), gid: firstId(gidMappings) }, maps),
    ...unshareSteps(others),
    ...finish,
  ];
  return [
    makeGate(),
    forkInto(first, child),
    ...writeIdMapSteps(result("command"), {
      ...(writers.uid === "launcher" ? { uidMappings } : {}),
      ...(writers.gid === "launcher" ? { gidMappings } : {}),
      setgroups: writers.setgroups,
    }),
    report("pid", result("command")),
    answer({ why: "the maps are there, and are read back" }),
    openGate(),
  ];
}

function forkInto(kinds: readonly NamespaceKind[], child: readonly Step[]): Step {
  return fork({ flags: cloneFlags(kinds) }, child, {
    as: "command",
    field: "namespaces",
    why: kinds.length === 0 ? "a process" : `a process with its own ${kinds.join(", ")}`,
  });
}

function unshareSteps(kinds: readonly NamespaceKind[]): Step[] {
  if (kinds.length === 0) return [];
  const why = `its own ${kinds.join(", ")}, as the user namespace's property`;
  return [step("unshare", [cloneFlags(kinds)], { why, field: "namespaces" })];
}

function becomeSteps(
  { uid, gid, groups }: Pick<NewNamespaces, "uid" | "gid" | "groups">,
  maps: IdMaps | undefined,
): Step[] {
  const callersGroups = maps?.writers.setgroups === "deny" ? "keep" : "drop";
  if (callersGroups === "keep" && groups !== undefined && groups.length > 0) {
    throw new NamespaceError("X_NAMESPACE_INVALID", "groups are fixed where one maps one's own", {
      field: "groups",
      hint: "With a range of groups (rootlessIdMappings) they are not",
    });
  }
  return credentialSteps({ uid, gid, groups, callersGroups });
}

function without(kinds: readonly NamespaceKind[], kind: NamespaceKind): NamespaceKind[] {
  return kinds.filter((one) => one !== kind);
}
