import { PR_CAP_AMBIENT, PR_CAPBSET_DROP, PR_SET_PDEATHSIG, signatures } from "@x/syscall";
import type { Parameter } from "@x/syscall";
import { actsOf, type Act } from "./act.ts";
import { check } from "./check.ts";
import { callOf } from "./compile/failure.ts";
import { plain, render, renderStrings } from "./render.ts";
import type { Call, Plan } from "./step.ts";
import type { Value } from "./value.ts";

/** One act of a plan in words: one system call, or the loop that one waits in. */
export interface ExplainLine {
  /** From 1, depth first; errors name the same number. */
  readonly index: number;
  /** 0 in the launcher, 1 in its child, … */
  readonly depth: number;
  readonly syscall: string;
  /** The call as it would be written, with symbolic flags. */
  readonly text: string;
  /** The name under which later steps find the result. */
  readonly result?: string;
  readonly why?: string;
  /** The part of the caller's input that the step comes from. */
  readonly field?: string;
  /** Errors that do not end the plan. */
  readonly tolerate?: readonly string[];
}

/** How a plan is explained. */
export interface ExplainOptions {
  /** Leaves out what a launcher without a Node process does not do: reports and answers. */
  readonly standalone?: boolean;
}

/** Where the column of reasons begins. */
const WHY_COLUMN = 76;

/**
 * The system calls of a plan as data, in order, one line each. Throws `InvalidPlanError`.
 * Needs no Linux and no root.
 */
export function explainLines(plan: Plan, options: ExplainOptions = {}): ExplainLine[] {
  check(plan);
  return actsOf(plan)
    .all.filter((act) => !(options.standalone === true && act.talks))
    .map(lineOf);
}

/**
 * A plan as text: what a container is, line by line. The same plan gives the same text, so it can
 * be kept as a golden file. Throws `InvalidPlanError`.
 */
export function explain(plan: Plan, options: ExplainOptions = {}): string {
  return explainLines(plan, options)
    .map((line) => {
      const bars = "   │".repeat(line.depth);
      const result = line.result === undefined ? "" : ` → ${line.result}`;
      const unless = line.tolerate?.length ? `  [${line.tolerate.join(", ")}: go on]` : "";
      const left = `${bars}${String(line.index).padStart(4)}  ${line.text}${result}${unless}`;
      const why = line.why === undefined ? "" : `  ${line.why}`;
      return `${why === "" ? left : left.padEnd(WHY_COLUMN)}${why}\n`;
    })
    .join("");
}

/** One act in words. */
export function lineOf(act: Act): ExplainLine {
  const { index, depth, step } = act;
  const call = act.kind === "call" ? act.call : undefined;
  const why = call?.why ?? reasons[act.kind] ?? step.why;
  const result = act.kind === "fork" ? act.fork.as : call?.as;
  return {
    index,
    depth,
    syscall: callOf(act),
    text: textOf(act),
    ...(result === undefined ? {} : { result: plain(result) }),
    ...(why === undefined ? {} : { why }),
    ...(step.field === undefined ? {} : { field: step.field }),
    ...(call?.tolerate === undefined ? {} : { tolerate: call.tolerate }),
  };
}

const reasons: { readonly [kind in Act["kind"]]?: string } = {
  waits: "the process that it waits for, as the host counts",
  ready: "all is set up; if the next call succeeds, nothing more is heard",
};

function textOf(act: Act): string {
  switch (act.kind) {
    case "call":
      return callText(act.call);
    case "fork":
      return `clone3(${render(act.fork.args)})`;
    case "ready":
    case "ask":
      return `write(channel, "${act.kind}")`;
    case "waits":
      return `write(channel, "waits", ${render(act.pid)})`;
    case "report":
      return `write(channel, ${JSON.stringify(act.report.name)}, ${render(act.report.value)})`;
    case "execve": {
      const { files, argv, env } = act.exec;
      const file = files.length === 1 ? JSON.stringify(files[0]) : `one of ${renderStrings(files)}`;
      return `execve(${file}, ${renderStrings(argv)}, ${renderStrings(env)})`;
    }
    case "wait":
      return `wait4(${render(act.wait.pid)}), then exit_group or kill as it ended`;
    case "pass":
      return `${callOf(act)}(${act.reap.listener === undefined ? "" : `signals, ${render(act.reap.listener)}`}) until ${render(act.reap.pid)} has ended`;
  }
}

function callText({ call, args }: Call): string {
  const parameters = call === "prctl" ? prctlParameters(args[0]) : signatures[call];
  return `${call}(${args.map((value, i) => render(value, parameters?.[i])).join(", ")})`;
}

/** What the second argument of prctl(2) is depends on the first. */
const prctlArguments = new Map<Value | undefined, Partial<Parameter>>([
  [PR_SET_PDEATHSIG, { type: "signal" }],
  [PR_CAPBSET_DROP, { flags: "capability" }],
  [PR_CAP_AMBIENT, { flags: "cap_ambient" }],
]);

function prctlParameters(operation: Value | undefined): Partial<Parameter>[] {
  return [...(signatures.prctl?.slice(0, 1) ?? []), prctlArguments.get(operation) ?? {}];
}
