import { afterChannel, fork, reap, result, step, type Plan, type Step } from "@x/plan";
import { PR_SET_DUMPABLE } from "@x/syscall";
import { commandStep, type Command, type Environment } from "./command.ts";
import { credentialSteps } from "./credentials.ts";
import { cloneFlags, type NamespaceKind } from "./kinds.ts";
import { endWith, endWithNode, LAST_DESCRIPTOR, openSelf, withdraw } from "./lifeline.ts";
import { closeOnExec, workingDirectory } from "./settle.ts";

/** One `setns(2)`: which namespaces come from which descriptor of the launcher. */
export interface Join {
  /** Its number in the launcher: a namespace, or a process (pidfd) with several of them. */
  readonly descriptor: number;
  readonly namespaces: readonly NamespaceKind[];
}

/** All that decides the plan of an `enter`. */
export interface EnterStepsOptions {
  /** In this order; the descriptors are 3, 4, … */
  readonly joins: readonly Join[];
  /** The pid of the process that starts the launcher. */
  readonly parent: number;
  /** The whole environment of the command. */
  readonly env: Environment;
  /** The user and group of the command, as they are called inside; unchanged unless given. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** Supplementary groups besides `gid`. */
  readonly groups?: readonly number[] | undefined;
  /** The working directory, inside; "/" unless given. */
  readonly cwd?: string | undefined;
}

/**
 * The plan of a command in namespaces that exist, as `enter` launches it. Before it joins, the
 * launcher makes itself untraceable and closes what it does not need, so that nobody inside can
 * take hold of anything outside through it (CVE-2016-9962). A PID namespace is entered by the next
 * child, so there the command is one; elsewhere the launcher itself becomes the command.
 *
 * Throws `NamespaceError`. Source: setns(2), PR_SET_DUMPABLE(2const).
 */
export function enterSteps(command: Command, options: EnterStepsOptions): Plan {
  const { joins, parent, env, cwd = "/" } = options;
  const kinds = joins.flatMap(({ namespaces }) => namespaces);
  const become = credentialSteps({
    uid: options.uid,
    gid: options.gid,
    groups: options.groups,
    callersGroups: kinds.includes("user") ? "try" : "drop",
  });
  const finish = (lifeline: readonly Step[]): Step[] => [
    ...become,
    ...workingDirectory(cwd),
    ...lifeline,
    closeOnExec(),
    commandStep(command, env),
  ];
  return [
    step("prctl", [PR_SET_DUMPABLE, 0, 0, 0, 0], {
      why: "nobody inside can look into the launcher",
    }),
    step("close_range", [afterChannel(3 + joins.length), LAST_DESCRIPTOR, 0], {
      why: "nothing is open but the way in",
    }),
    ...endWithNode(parent),
    ...joins.flatMap(join),
    ...(kinds.includes("pid") ? forked(finish(endWith("launcher"))) : finish(endWithNode(parent))),
  ];
}

function join({ descriptor, namespaces }: Join): Step[] {
  const why = `joins ${namespaces.join(", ")}`;
  return [
    step("setns", [descriptor, cloneFlags(namespaces)], { why, field: "target" }),
    step("close", [descriptor]),
  ];
}

function forked(child: readonly Step[]): Step[] {
  return [
    ...openSelf("launcher"),
    fork({ flags: 0 }, child, { as: "command", why: "the next child is in the PID namespace" }),
    ...withdraw(),
    reap(result("command"), { why: "and ends as it does" }),
  ];
}
