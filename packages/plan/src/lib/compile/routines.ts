import {
  CLOCK_MONOTONIC,
  errnoNumber,
  PR_SET_SECCOMP,
  SECCOMP_MODE_STRICT,
  SIG_SETMASK,
  signalNumber,
  syscallNumber,
  type ErrnoName,
  type SyscallName,
} from "@x/syscall";
import { RECORD, RECORD_BYTES } from "../record.ts";
import { resultSlot, type Target } from "./operands.ts";
import { internal } from "../value.ts";
import type { Label } from "./assembler.ts";

/** The pieces of code that every launcher has once, and steps jump into. */
export interface Routines {
  /** Counts the act, makes the system call, and fails on an error. */
  readonly sys: Label;
  /** The same, but an error in the bytes of `t0` returns. */
  readonly sysTolerant: Label;
  /** The second half of `sysTolerant`: judges the error in `ret`. */
  readonly tolerate: Label;
  /** Tells the Node process: kind in `t1`, value in `t2`. */
  readonly tell: Label;
  /** Ends the process: the error is in `ret`, the exit status in `t3` at the second label. */
  readonly fail: Label;
  readonly failWith: Label;
  /** Ends the process because the result in `ret` was not the expected one. */
  readonly unexpected: Label;
  /** Exits the way the process did whose wait status is in memory. */
  readonly exitAlike: Label;
  /** Appends the string at `a1` to the text at `t0`. */
  readonly appendString: Label;
  /** Appends the number in `t1` to the text at `t0`. */
  readonly appendDecimal: Label;
  /** Dies by SIGKILL on the spot, even as the init of a PID namespace. */
  readonly die: Label;
  /** Notes the time at which an act begins; tells how long it took. */
  readonly begin: Label;
  readonly end: Label;
}

/** The labels of all routines, to be bound where they are emitted. */
export function createRoutines(): Routines {
  return {
    sys: {},
    sysTolerant: {},
    tolerate: {},
    tell: {},
    fail: {},
    failWith: {},
    unexpected: {},
    exitAlike: {},
    appendString: {},
    appendDecimal: {},
    die: {},
    begin: {},
    end: {},
  };
}

/** `nr` ← the number of a call on the target's CPU, then the call itself. */
export function raw({ asm, arch }: Target, name: SyscallName): void {
  asm.li("nr", syscallNumber(name, arch));
  asm.syscall();
}

/** The call that every act makes: counted, then made, and its error judged. */
export function emitSys(target: Target, routines: Routines): void {
  const { asm } = target;
  asm.bind(routines.sys);
  asm.add("index", 1);
  asm.syscall();
  asm.branchError(routines.fail);
  asm.ret();

  asm.bind(routines.sysTolerant);
  asm.add("index", 1);
  asm.syscall();
  asm.branchError(routines.tolerate);
  asm.ret();

  const next: Label = {};
  const tolerated: Label = {};
  asm.bind(routines.tolerate);
  asm.bind(next);
  asm.mov("t2", "t0");
  asm.and("t2", 0xff);
  asm.branch("eq", "t2", 0, routines.fail);
  asm.add("t2", "ret");
  asm.branch("eq", "t2", 0, tolerated);
  asm.shiftRight("t0", 8);
  asm.jump(next);
  asm.bind(tolerated);
  asm.ret();
}

/** Up to eight errors in the bytes of a register, as `sysTolerant` takes them. */
export function packErrors(names: readonly ErrnoName[]): bigint {
  return names.reduceRight((sum, name) => (sum << 8n) | BigInt(errnoNumber(name)), 0n);
}

/** wait status → exit: `_exit` with the code, or death by the same signal. */
export function emitExitAlike(target: Target, routines: Routines): void {
  const { asm, bss, data } = target;
  const signalled: Label = {};
  asm.bind(routines.exitAlike);
  asm.load("t0", "base", bss.slot(internal("wait status"), 8), 4);
  asm.mov("t1", "t0");
  asm.and("t1", 0x7f);
  asm.branch("ne", "t1", 0, signalled);
  asm.shiftRight("t0", 8);
  asm.and("t0", 0xff);
  asm.mov("a0", "t0");
  raw(target, "exit_group");

  asm.bind(signalled);
  asm.li("a0", SIG_SETMASK);
  asm.data("a1", data.block(new Uint8Array(8)));
  asm.li("a2", 0);
  asm.li("a3", 8);
  raw(target, "rt_sigprocmask");
  raw(target, "getpid");
  asm.mov("a0", "ret");
  asm.mov("a1", "t1");
  raw(target, "kill");
  // Still here: PID 1 of its namespace, or the signal is ignored. The shell's convention, then.
  asm.add("t1", 128);
  asm.mov("a0", "t1");
  raw(target, "exit_group");
}

/** Strings and decimal numbers, appended one after the other. */
export function emitText(target: Target, routines: Routines): void {
  const { asm, bss } = target;
  const done: Label = {};
  asm.bind(routines.appendString);
  asm.load("a2", "a1", 0, 1);
  asm.store("a2", "t0", 0, 1);
  asm.branch("eq", "a2", 0, done);
  asm.add("t0", 1);
  asm.add("a1", 1);
  asm.jump(routines.appendString);
  asm.bind(done);
  asm.ret();

  const digits = bss.slot(internal("digits"), 24);
  const digit: Label = {};
  asm.bind(routines.appendDecimal);
  asm.bss("t2", digits + 23); // the last byte stays 0 and ends the string
  asm.bind(digit);
  asm.divide10("t1", "t3");
  asm.add("t3", 0x30);
  asm.add("t2", -1);
  asm.store("t3", "t2", 0, 1);
  asm.branch("ne", "t1", 0, digit);
  asm.mov("a1", "t2");
  asm.jump(routines.appendString);
}

/**
 * SIGKILL to oneself, as from outside. The PID 1 of a namespace is immune to it: strict seccomp
 * answers any call but four with a SIGKILL that the kernel itself delivers.
 */
export function emitDie(target: Target, routines: Routines): void {
  const { asm } = target;
  asm.bind(routines.die);
  raw(target, "getpid");
  asm.mov("a0", "ret");
  asm.li("a1", signalNumber("SIGKILL"));
  raw(target, "kill");
  asm.li("a0", PR_SET_SECCOMP);
  asm.li("a1", SECCOMP_MODE_STRICT);
  raw(target, "prctl");
  raw(target, "getpid");
}

/** The record of a report, a failure or a timing, written to the channel in one piece. */
export function emitTell(target: Target, routines: Routines): void {
  const { asm, bss, channel } = target;
  const record = bss.slot(internal("record"), RECORD_BYTES);
  asm.bind(routines.tell);
  asm.store("t1", "base", record + RECORD.kind, 4);
  asm.store("index", "base", record + RECORD.index, 4);
  asm.store("t2", "base", record + RECORD.value, 8);
  asm.li("a0", channel ?? -1);
  asm.bss("a1", record);
  asm.li("a2", RECORD_BYTES);
  raw(target, "write");
  asm.ret();
}

/** Times around an act by `CLOCK_MONOTONIC`; the trace itself is outside what it measures. */
export function emitTrace(target: Target, routines: Routines): void {
  const { asm, bss } = target;
  const record = bss.slot(internal("record"), RECORD_BYTES);
  const clock = (offset: number): void => {
    asm.li("a0", CLOCK_MONOTONIC);
    asm.bss("a1", record + offset);
    raw(target, "clock_gettime");
  };
  asm.bind(routines.begin);
  clock(RECORD.start);
  asm.ret();

  asm.bind(routines.end);
  asm.link("t3");
  clock(RECORD.end);
  asm.li("t1", RECORD.kinds.trace);
  asm.li("t2", 0);
  asm.call(routines.tell);
  asm.ret("t3");
}

/** Keeps the result of an act for later steps. */
export function keep(target: Target, name: string | undefined): void {
  if (name !== undefined) target.asm.store("ret", "base", resultSlot(target, name), 8);
}
