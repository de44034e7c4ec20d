import { errnoNumber, signatures } from "@x/syscall";
import type { ErrnoName, SyscallName } from "@x/syscall";
import type { Act, Acts } from "../act.ts";
import { RECORD } from "../record.ts";
import type { Call, Exec } from "../step.ts";
import type { Result } from "../value.ts";
import type { Label } from "./assembler.ts";
import { emitFailure } from "./failure.ts";
import { createCalls } from "./calls.ts";
import { load, pointers, resultSlot, type Target } from "./operands.ts";
import {
  emitDie,
  emitExitAlike,
  emitSys,
  emitTell,
  emitText,
  emitTrace,
  keep,
  packErrors,
  raw,
  type Routines,
} from "./routines.ts";
import { emitSupervision, emitWaiting } from "./supervise.ts";

/** A fault to be built in, so that a test can see what an act leaves behind when it fails. */
export type Inject =
  | { readonly step: number; readonly errno: ErrnoName }
  | { readonly step: number; readonly kill: true };

/** What is built in besides the acts themselves. */
export interface LowerOptions {
  readonly trace: boolean;
  readonly inject: Inject | undefined;
}

/** Emits the code of a whole plan: its acts, in order, and the routines they share. */
export function lower(target: Target, routines: Routines, acts: Acts, options: LowerOptions): void {
  const { asm } = target;
  const calls = createCalls(target, routines);
  let performed = 0; // what the index register holds at this place of the code
  asm.start();
  asm.li("index", 0);
  emitActs(acts.launcher);
  calls.emitAll();
  emitSys(target, routines);
  emitFailure(target, routines, acts.all);
  emitExitAlike(target, routines);
  emitText(target, routines);
  if (target.channel !== undefined) emitTell(target, routines);
  if (options.trace) emitTrace(target, routines);
  if (options.inject !== undefined && "kill" in options.inject) emitDie(target, routines);

  function emitActs(list: readonly Act[]): void {
    for (const act of list) emitAct(act);
    asm.li("a0", 0); // a list that just ends: so does its process
    raw(target, "exit_group");
  }

  function emitAct(act: Act): void {
    if (act.talks && target.channel === undefined) return;
    if (performed !== act.index - 1) asm.li("index", act.index - 1);
    performed = act.index;
    if (options.trace) asm.call(routines.begin);
    emitDoing(act);
    if (options.trace) asm.call(routines.end);
  }

  function emitDoing(act: Act): void {
    switch (act.kind) {
      case "call":
        return emitCall(act, act.call);
      case "fork":
        return emitFork(act);
      case "ready":
      case "ask":
        return emitTelling(act, RECORD.kinds[act.kind], () => asm.li("t2", 0));
      case "report":
        return emitTelling(act, RECORD.kinds.report, () => loadResult(act.report.value));
      case "waits":
        return emitTelling(act, RECORD.kinds.waits, () => loadResult(act.pid));
      case "execve":
        return emitExec(act, act.exec);
      case "wait":
        return emitWait(act);
      case "pass":
        return emitPass(act);
    }
  }

  function loadResult({ result }: Result): void {
    asm.load("t2", "base", resultSlot(target, result), 8);
  }

  function emitCall(act: Act, call: Call): void {
    const { tolerate = [] } = call;
    load(target, call.args, signatures[call.call]);
    if (tolerate.length > 0) asm.li("t0", packErrors(tolerate));
    emitSyscall(act, call.call, tolerate.length > 0);
    keep(target, call.as);
    if (call.expect !== undefined) asm.branch("ne", "ret", call.expect, routines.unexpected);
  }

  /** The call itself; or, where a fault is to be built in, that fault. */
  function emitSyscall(act: Act, name: SyscallName, tolerant = false): void {
    const fault = faultAt(act);
    if (fault === undefined) return calls.emit(name, tolerant);
    asm.add("index", 1);
    if (fault === "kill") return asm.call(routines.die);
    asm.li("ret", -errnoNumber(fault));
    if (tolerant) asm.call(routines.tolerate);
    else asm.jump(routines.fail);
  }

  function faultAt(act: Act): ErrnoName | "kill" | undefined {
    const { inject } = options;
    if (inject?.step !== act.index) return undefined;
    return "kill" in inject ? "kill" : inject.errno;
  }

  function emitFork(act: Act & { kind: "fork" }): void {
    const parent: Label = {};
    const { args } = act.fork;
    load(target, [args, args.struct.bytes]);
    emitSyscall(act, "clone3");
    keep(target, act.fork.as);
    asm.branch("ne", "ret", 0, parent);
    emitActs(act.child);
    asm.bind(parent);
    performed = -1; // the register still holds the number of the fork
  }

  function emitTelling(act: Act, kind: number, value: () => void): void {
    const fault = faultAt(act);
    asm.add("index", 1);
    if (fault === "kill") return asm.call(routines.die);
    if (fault !== undefined) {
      asm.li("ret", -errnoNumber(fault));
      return asm.jump(routines.fail);
    }
    value();
    asm.li("t1", kind);
    asm.call(routines.tell);
    asm.branchError(routines.fail);
  }

  /** Tries one file after the other; `t0` remembers that one of them was there but forbidden. */
  function emitExec(act: Act, exec: Exec): void {
    const [attempt, next, over, denied, failed]: Label[] = [{}, {}, {}, {}, {}];
    const fault = faultAt(act);
    const [argv, envp] = [pointers(target, exec.argv), pointers(target, exec.env)];
    asm.add("index", 1);
    if (fault === "kill") asm.call(routines.die);
    asm.li("t0", 0);
    for (const file of exec.files) {
      asm.data("a0", target.data.string(file));
      asm.call(attempt!);
    }
    asm.branch("eq", "t0", 0, over!);
    asm.mov("ret", "t0");
    asm.bind(over!);
    asm.li("t3", 127);
    asm.branch("eq", "ret", -errnoNumber("ENOENT"), routines.failWith);
    asm.branch("eq", "ret", -errnoNumber("ENOTDIR"), routines.failWith);
    asm.bind(failed!);
    asm.li("t3", 126);
    asm.jump(routines.failWith);

    asm.bind(attempt!);
    if (fault === undefined || fault === "kill") {
      asm.data("a1", argv);
      asm.data("a2", envp);
      raw(target, "execve");
    } else asm.li("ret", -errnoNumber(fault));
    asm.branch("eq", "ret", -errnoNumber("ENOENT"), next!);
    asm.branch("eq", "ret", -errnoNumber("ENOTDIR"), next!);
    asm.branch("eq", "ret", -errnoNumber("EACCES"), denied!);
    asm.jump(failed!);
    asm.bind(denied!);
    asm.mov("t0", "ret");
    asm.bind(next!);
    asm.ret();
  }

  function emitWait(act: Act & { kind: "wait" }): void {
    if (!emitFault(act)) emitWaiting(target, routines, act.wait);
  }

  function emitPass(act: Act & { kind: "pass" }): void {
    if (!emitFault(act)) emitSupervision(target, routines, act.reap);
  }

  /** The fault of an act that never returns. */
  function emitFault(act: Act): boolean {
    const fault = faultAt(act);
    asm.add("index", 1);
    if (fault === "kill") asm.call(routines.die);
    else if (fault !== undefined) {
      asm.li("ret", -errnoNumber(fault));
      asm.jump(routines.fail);
    }
    return fault !== undefined;
  }
}
