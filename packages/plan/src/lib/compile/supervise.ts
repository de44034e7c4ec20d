import {
  errnoNumber,
  SECCOMP_IOCTL_NOTIF_RECV,
  SECCOMP_IOCTL_NOTIF_SEND,
  SECCOMP_USER_NOTIF_FLAG_CONTINUE,
  signalNumber,
  WNOHANG,
  __WALL,
} from "@x/syscall";
import { everySignal, pendingSignals, reaped, status } from "../act.ts";
import type { ExitAs, Reap } from "../step.ts";
import { internal } from "../value.ts";
import type { Label } from "./assembler.ts";
import { load, resultSlot, type Target } from "./operands.ts";
import { raw, type Routines } from "./routines.ts";

/** Sizes and fields of `seccomp_unotify(2)`, `poll(2)`. */
const NOTIFICATION = { bytes: 80, id: 0, pid: 8 };
const RESPONSE = { bytes: 24, id: 0, flags: 20 };
const POLLFD = { bytes: 8, events: 4, revents: 6 };
const POLLIN = 1;

/** Waits for one process and exits the way it exited. */
export function emitWaiting(target: Target, routines: Routines, { pid }: ExitAs): void {
  const { asm } = target;
  const again: Label = {};
  asm.bind(again);
  load(target, [pid, status, __WALL, null]);
  raw(target, "wait4");
  asm.branch("eq", "ret", -errnoNumber("EINTR"), again);
  asm.branchError(routines.fail);
  asm.jump(routines.exitAlike);
}

/** The loop of an init. `t1` holds the process that counts; signals are blocked by now. */
export function emitSupervision(target: Target, routines: Routines, { pid, listener }: Reap): void {
  const { asm } = target;
  const [signal, fetch, drain]: Label[] = [{}, {}, {}];
  asm.load("t1", "base", resultSlot(target, pid.result), 8);
  // The call before this act may have reaped the very process that counts.
  asm.load("ret", "base", resultSlot(target, reaped), 8);
  asm.branch("eq", "ret", "t1", routines.exitAlike);
  asm.branch("le", "ret", 0, signal!);

  asm.bind(drain!);
  load(target, [-1, status, WNOHANG | __WALL, null]);
  raw(target, "wait4");
  asm.branch("eq", "ret", "t1", routines.exitAlike);
  asm.branch("ge", "ret", 1, drain!);

  asm.bind(signal!);
  if (listener !== undefined) emitListening(target, listener.result, signal!, fetch!);
  asm.bind(fetch!);
  load(target, [everySignal, null, null, 8]);
  raw(target, "rt_sigtimedwait");
  asm.branch("eq", "ret", signalNumber("SIGCHLD"), drain!);
  asm.branch("lt", "ret", 0, signal!);
  emitPassing(target, signal!);
}

/**
 * Passes the signal in `ret` on. What a terminal sends when a key is pressed goes to the whole
 * process group, as it would from there: a shell that waits for a program counts on both hearing it.
 */
function emitPassing(target: Target, again: Label): void {
  const { asm } = target;
  const [group, single]: Label[] = [{}, {}];
  asm.mov("t2", "ret");
  asm.mov("a0", "t1");
  asm.mov("a1", "t2");
  asm.branch("eq", "t2", signalNumber("SIGINT"), group!);
  asm.branch("ne", "t2", signalNumber("SIGQUIT"), single!);
  asm.bind(group!);
  asm.negate("a0");
  raw(target, "kill");
  asm.branch("ge", "ret", 0, again);
  asm.mov("a0", "t1"); // it leads no group: the process alone
  asm.mov("a1", "t2");
  asm.bind(single!);
  raw(target, "kill");
  asm.jump(again);
}

/**
 * Waits for a signal, which is left to `fetch`, or for the listener: the process that counts wants
 * SIGKILL for itself and gets it, from outside its namespace; anybody else's call goes its way.
 */
function emitListening(target: Target, listener: string, again: Label, fetch: Label): void {
  const { asm, bss } = target;
  const fds = bss.slot(internal("pollfds"), 2 * POLLFD.bytes);
  const notification = bss.slot(internal("notification"), NOTIFICATION.bytes);
  const response = bss.slot(internal("response"), RESPONSE.bytes);
  const other: Label = {};

  [pendingSignals, listener].forEach((name, i) => {
    asm.load("t0", "base", resultSlot(target, name), 8);
    asm.store("t0", "base", fds + i * POLLFD.bytes, 4);
    asm.li("t0", POLLIN);
    asm.store("t0", "base", fds + i * POLLFD.bytes + POLLFD.events, 2);
  });
  asm.bss("a0", fds);
  asm.li("a1", 2);
  for (const register of ["a2", "a3", "a4"] as const) asm.li(register, 0);
  raw(target, "ppoll");
  asm.load("t0", "base", fds + POLLFD.bytes + POLLFD.revents, 2);
  asm.branch("eq", "t0", 0, fetch);

  asm.li("t0", 0);
  for (let at = 0; at < NOTIFICATION.bytes; at += 8) asm.store("t0", "base", notification + at, 8);
  const control = (request: number, argument: number): void => {
    asm.load("a0", "base", resultSlot(target, listener), 8);
    asm.li("a1", request);
    asm.bss("a2", argument);
    raw(target, "ioctl");
  };
  control(SECCOMP_IOCTL_NOTIF_RECV, notification);
  asm.branch("lt", "ret", 0, again); // whoever called is gone
  asm.load("t0", "base", notification + NOTIFICATION.pid, 4);
  asm.branch("ne", "t0", "t1", other);
  asm.mov("a0", "t1");
  asm.li("a1", signalNumber("SIGKILL"));
  raw(target, "kill");
  asm.jump(fetch);

  asm.bind(other);
  asm.load("t0", "base", notification + NOTIFICATION.id, 8);
  asm.store("t0", "base", response + RESPONSE.id, 8);
  asm.li("t0", SECCOMP_USER_NOTIF_FLAG_CONTINUE);
  asm.store("t0", "base", response + RESPONSE.flags, 4);
  control(SECCOMP_IOCTL_NOTIF_SEND, response);
  asm.jump(again);
}
