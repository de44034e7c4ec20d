import { errnoNumber, type ErrnoName } from "@x/syscall";
import type { Act } from "../act.ts";
import { RECORD } from "../record.ts";
import { internal } from "../value.ts";
import type { Label, Register } from "./assembler.ts";
import type { Target } from "./operands.ts";
import { raw, type Routines } from "./routines.ts";

/** What `docker run` and `podman run` exit with when the container did not start. */
const EXIT_NOT_STARTED = 125;
const STDERR = 2;
const MESSAGE_BYTES = 128;
/** What can go wrong with a container; other errors are told by number alone. */
const named: readonly ErrnoName[] = [
  ...([
    "EPERM",
    "ENOENT",
    "EIO",
    "E2BIG",
    "ENOEXEC",
    "EBADF",
    "EAGAIN",
    "ENOMEM",
    "EACCES",
  ] as const),
  ...(["EBUSY", "EEXIST", "EXDEV", "ENODEV", "ENOTDIR", "EISDIR", "EINVAL", "ENFILE"] as const),
  ...(["EMFILE", "ETXTBSY", "ENOSPC", "EROFS", "ENAMETOOLONG", "ENOSYS", "ELOOP"] as const),
];
const NAMED_ERRORS = Math.max(...named.map(errnoNumber));

/** How a launcher ends when an act fails: it tells the Node process, or a person on stderr. */
export function emitFailure(target: Target, routines: Routines, acts: readonly Act[]): void {
  const { asm, channel } = target;
  const end: Label = {};
  asm.bind(routines.unexpected);
  asm.li("t3", EXIT_NOT_STARTED);
  asm.mov("t2", "ret");
  asm.li("t1", RECORD.kinds.unexpected);
  if (channel === undefined) asm.li("t2", 0);
  asm.jump(end);

  asm.bind(routines.fail);
  asm.li("t3", EXIT_NOT_STARTED);
  asm.bind(routines.failWith);
  asm.mov("t2", "ret");
  asm.li("t1", RECORD.kinds.failed);

  asm.bind(end);
  if (channel === undefined) emitMessage(target, routines, acts);
  else asm.call(routines.tell);
  asm.mov("a0", "t3");
  raw(target, "exit_group");
}

/**
 * Writes `x: step 17, mount_setattr: EINVAL (22)` to stderr; `t2` holds the negative error number,
 * or 0 for a result that was not the expected one, and `t3` stays.
 */
function emitMessage(target: Target, routines: Routines, acts: readonly Act[]): void {
  const { asm, bss, data } = target;
  const buffer = bss.slot(internal("message"), MESSAGE_BYTES);
  const exitCode = bss.slot(internal("exit code"), 8);
  const value = bss.slot(internal("message value"), 8);
  const say = (words: string): void => {
    asm.data("a1", data.string(words));
    asm.call(routines.appendString);
  };
  asm.store("t3", "base", exitCode, 8);
  asm.store("t2", "base", value, 8);
  asm.bss("t0", buffer);
  say("x: step ");
  asm.mov("t1", "index");
  asm.call(routines.appendDecimal);
  say(", ");

  const { table, names } = callNames(acts);
  asm.data("a1", data.block(table));
  asm.add("a1", "index");
  asm.load("t1", "a1", -1, 1);
  asm.data("a1", data.string(names));
  emitNth(target, "t1");
  asm.call(routines.appendString);

  const unnamed: Label = {};
  say(": ");
  emitErrno(target, value, "t1");
  asm.branch("ge", "t1", NAMED_ERRORS + 1, unnamed);
  asm.data("a1", data.string(errnoNames()));
  emitNth(target, "t1");
  asm.call(routines.appendString);
  asm.bind(unnamed);
  say(" (");
  emitErrno(target, value, "t1");
  asm.call(routines.appendDecimal);
  say(")\n");
  asm.li("a0", STDERR);
  asm.bss("a1", buffer);
  emitLength(target, buffer);
  raw(target, "write");
  asm.load("t3", "base", exitCode, 8);
}

/** The positive error number of a negative result that was put aside. */
function emitErrno({ asm }: Target, slot: number, to: Register): void {
  const positive: Label = {};
  const loop: Label = {};
  // Without a subtraction in the instruction set: count up until result + count is zero.
  asm.load("t2", "base", slot, 8);
  asm.li(to, 0);
  asm.bind(loop);
  asm.branch("ge", "t2", 0, positive);
  asm.add("t2", 1);
  asm.add(to, 1);
  asm.jump(loop);
  asm.bind(positive);
}

/** `a1` ← the string behind `count` NULs of a list of strings. */
function emitNth({ asm }: Target, count: Register): void {
  const [next, skip, done]: Label[] = [{}, {}, {}];
  asm.bind(next!);
  asm.branch("eq", count, 0, done!);
  asm.bind(skip!);
  asm.load("a2", "a1", 0, 1);
  asm.add("a1", 1);
  asm.branch("ne", "a2", 0, skip!);
  asm.add(count, -1);
  asm.jump(next!);
  asm.bind(done!);
}

/** `a2` ← how far `t0` has come along the message. */
function emitLength({ asm }: Target, buffer: number): void {
  const [loop, done]: Label[] = [{}, {}];
  asm.bss("t1", buffer);
  asm.li("a2", 0);
  asm.bind(loop!);
  asm.branch("eq", "t1", "t0", done!);
  asm.add("t1", 1);
  asm.add("a2", 1);
  asm.jump(loop!);
  asm.bind(done!);
}

function callNames(acts: readonly Act[]): { table: Uint8Array; names: string } {
  const names: string[] = [];
  const numbers = acts.map((act) => {
    const name = callOf(act);
    if (!names.includes(name)) names.push(name);
    return names.indexOf(name);
  });
  return { table: Uint8Array.from(numbers), names: names.join("\0") };
}

function errnoNames(): string {
  const names = Array.from({ length: NAMED_ERRORS + 1 }, () => "");
  names[0] = "an unexpected result";
  for (const name of named) names[errnoNumber(name)] = name;
  return names.join("\0");
}

/** The system call that an act makes, or waits in. */
export function callOf(act: Act): string {
  switch (act.kind) {
    case "call":
      return act.call.call;
    case "fork":
      return "clone3";
    case "execve":
      return "execve";
    case "ready":
    case "ask":
    case "report":
    case "waits":
      return "write";
    case "wait":
      return "wait4";
    case "pass":
      return act.reap.listener === undefined ? "rt_sigtimedwait" : "ppoll";
  }
}
