/**
 * The registers a launcher uses, by role. `a0`…`a5` and `nr` carry a system call, `ret` its
 * result; `t0`…`t3` survive system calls; `base` points at the writable memory and `index` holds
 * the number of the act at work.
 */
export type Register =
  | `a${0 | 1 | 2 | 3 | 4 | 5}`
  | "nr"
  | "ret"
  | "base"
  | "index"
  | "t0"
  | "t1"
  | "t2"
  | "t3";

/** How two signed numbers compare. */
export type Condition = "eq" | "ne" | "lt" | "le" | "ge";

/** A place in the code, known once it is bound. */
export interface Label {
  at?: number;
}

/**
 * The few instructions that a launcher is made of, for one CPU.
 * Comparisons are of 64 bits and signed unless they say otherwise.
 */
export interface Assembler {
  /** The code so far, with every jump resolved. */
  code(): Uint8Array;
  bind(label: Label): void;
  /** register ← constant: a safe integer, or a bigint of 64 bits */
  li(to: Register, value: number | bigint): void;
  /** register ← address of a byte of the read-only data */
  data(to: Register, offset: number): void;
  /** register ← address of a byte of the writable memory */
  bss(to: Register, offset: number): void;
  /** `base` ← address of the writable memory: the first thing a launcher does */
  start(): void;
  mov(to: Register, from: Register): void;
  /** register ← memory at `base` + offset, zero-extended */
  load(to: Register, base: Register, offset: number, bytes: number): void;
  store(from: Register, base: Register, offset: number, bytes: number): void;
  add(to: Register, value: number | Register): void;
  negate(to: Register): void;
  shiftRight(to: Register, bits: number): void;
  and(to: Register, mask: number): void;
  /** value ← value / 10, remainder ← value % 10 (unsigned); spoils `ret`, `a2` */
  divide10(value: Register, remainder: Register): void;
  jump(to: Label): void;
  branch(condition: Condition, left: Register, right: number | Register, to: Label): void;
  /** jumps if `ret` is a negative error number (-4095 … -1) */
  branchError(to: Label): void;
  call(to: Label): void;
  /** a call of a routine that makes one system call and leaves `a0` … `a5` as they are */
  callSys(to: Label): void;
  /** keeps the return address in `to`, for a routine that calls others */
  link(to: Register): void;
  ret(link?: Register): void;
  syscall(): void;
}

/** Where the segments of a launcher start in its address space. */
export interface Addresses {
  readonly data: number;
  readonly text: number;
  readonly bss: number;
}

/** A jump whose distance is filled in when all labels are bound. */
export interface Jump {
  readonly at: number;
  readonly to: Label;
}

/** Where a bound label stands. */
export function boundAt(label: Label): number {
  if (label.at === undefined) throw new Error("a jump leads to a label that was never bound");
  return label.at;
}
