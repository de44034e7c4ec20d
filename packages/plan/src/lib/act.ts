import { F_SETFD, FD_CLOEXEC, SFD_CLOEXEC, SIG_BLOCK, WNOHANG, __WALL } from "@x/syscall";
import {
  answerCall,
  step,
  type Call,
  type Exec,
  type ExitAs,
  type Fork,
  type Plan,
  type Reap,
  type Report,
  type Step,
} from "./step.ts";
import { channel, internal, memory, type Result, type Value } from "./value.ts";

/**
 * One numbered line of a plan: a single system call, or the loop that one waits in. Everything
 * that reads a plan (explain, compile) reads its acts, so that numbers mean the same everywhere.
 */
export type Act = ActPlace &
  (
    | { readonly kind: "call"; readonly call: Call }
    | { readonly kind: "fork"; readonly fork: Fork; readonly child: readonly Act[] }
    | { readonly kind: "ready" }
    | { readonly kind: "ask" }
    | { readonly kind: "execve"; readonly exec: Exec }
    | { readonly kind: "report"; readonly report: Report }
    | { readonly kind: "waits"; readonly pid: Result }
    | { readonly kind: "wait"; readonly wait: ExitAs }
    | { readonly kind: "pass"; readonly reap: Reap }
  );

interface ActPlace {
  /** From 1, depth first: the children of a fork count before its parent goes on. */
  readonly index: number;
  /** 0 in the launcher, 1 in its child, … */
  readonly depth: number;
  /** The step that this act is a part of. */
  readonly step: Step;
  /** The act talks to the Node process and is left out where there is no channel. */
  readonly talks: boolean;
}

/** The lowest descriptor that is no standard stream. */
export const FIRST_EXTRA = 3;

/** Every signal there is, as `sigset_t`. */
export const everySignal: Uint8Array = new Uint8Array(8).fill(0xff);

/** The acts of a plan, numbered. */
export interface Acts {
  /** Those of the launcher; its children have theirs. */
  readonly launcher: readonly Act[];
  /** All of them: number `n` at `n - 1`. */
  readonly all: readonly Act[];
}

export function actsOf(plan: Plan): Acts {
  const all: Act[] = [];
  return { launcher: walk(plan, 0, []), all };

  function walk(steps: Plan, depth: number, acts: Act[]): Act[] {
    for (const one of steps) walkStep(one, depth, acts);
    return acts;
  }

  function walkStep(one: Step, depth: number, acts: Act[]): void {
    const place = (talks: boolean): ActPlace => {
      return { index: all.length + 1, depth, step: one, talks };
    };
    const add = (act: Act): void => {
      all.push(act);
      acts.push(act);
    };
    const call = (made: Call): void => {
      const index = all.length + 1;
      add({ index, depth, step: one, talks: isTalk(made), kind: "call", call: made });
    };
    switch (one.kind) {
      case "call":
        return call(one);
      case "fork": {
        const child: Act[] = [];
        add({ ...place(false), kind: "fork", fork: one, child });
        return void walk(one.child, depth + 1, child);
      }
      case "exec":
        call(closeChannel);
        add({ ...place(true), kind: "ready" });
        return add({ ...place(false), kind: "execve", exec: one });
      case "report":
        return add({ ...place(true), kind: "report", report: one });
      case "answer":
        add({ ...place(true), kind: "ask" });
        return call({ ...answerCall, ...told(one) });
      case "exitAs":
        fallSilent(one.pid);
        return add({ ...place(false), kind: "wait", wait: one });
      case "reap":
        call(step("rt_sigprocmask", [SIG_BLOCK, everySignal, null, 8], blockWhy));
        if (one.listener !== undefined) call(signalfd);
        call(step("wait4", [-1, status, WNOHANG | __WALL, null], reapWhy));
        fallSilent(one.pid);
        return add({ ...place(false), kind: "pass", reap: one });
    }

    /** The launcher says whom it waits for; whoever waits has nothing to say from then on. */
    function fallSilent(pid: Result): void {
      if (depth === 0) add({ ...place(true), kind: "waits", pid });
      call(closeAll);
    }
  }
}

/** Where `wait4` puts a status; shared by all who wait. */
export const status: Value = memory(internal("wait status"), 8);

/** The name under which `reap` keeps the first process it reaped. */
export const reaped: string = internal("reaped");

/** The name of the descriptor that is readable while a signal waits. */
export const pendingSignals: string = internal("signals");

const closeChannel = step("fcntl", [channel, F_SETFD, FD_CLOEXEC], {
  why: "the channel closes when the command starts",
});
const closeAll = step("close_range", [FIRST_EXTRA, channel, 0], {
  why: "the channel and all below it are the command's alone",
});
const signalfd = step("signalfd4", [-1, everySignal, 8, SFD_CLOEXEC], {
  as: pendingSignals,
  why: "readable when one waits",
});
const blockWhy = { why: "signals wait here until they are passed on" };
const reapWhy = {
  as: reaped,
  why: "whoever has ended already is reaped",
  tolerate: ["ECHILD"] as const,
};

function isTalk(call: Call): boolean {
  return call.args.includes(channel);
}

function told(one: Step): { why?: string; field?: string } {
  return {
    ...(one.why === undefined ? {} : { why: one.why }),
    ...(one.field === undefined ? {} : { field: one.field }),
  };
}
