import {
  addressOf,
  archValue,
  syscall,
  SyscallError,
  thisArch,
  type SyscallArgument,
} from "@x/syscall";
import { check } from "./check.ts";
import { actsOf, type Act } from "./act.ts";
import { InvalidPlanError } from "./error.ts";
import { failed } from "./failed.ts";
import type { Call, Plan, Step } from "./step.ts";
import type { FieldValue, Load, Result, Struct, Text, Value } from "./value.ts";

/**
 * Performs steps now, in this process and on the calling thread, and returns the results of those
 * that are named with `as`. Meant for what is to outlast a launch: a mount on the host, say.
 *
 * Only plain system calls can be performed: a fork, an exec or a wait would be Node's own, and
 * throws `InvalidPlanError`. A call that fails throws `PlanError`; what was done before it stays done. Descriptors among the results are the caller's to close.
 */
export function perform(steps: Plan): Record<string, number> {
  check(steps);
  steps.forEach(refuseControl);
  const world: World = { results: new Map(), memories: new Map(), alive: [] };
  for (const act of actsOf(steps).all) if (act.kind === "call") performCall(act, act.call, world);
  return Object.fromEntries(world.results);
}

interface World {
  readonly results: Map<string, number>;
  readonly memories: Map<string, Buffer>;
  /** Buffers whose addresses stand in structs: the collector must not take them early. */
  readonly alive: Uint8Array[];
}

function refuseControl(one: Step, i: number): void {
  if (
    one.kind !== "call" ||
    one.args.some(
      (arg) =>
        typeof arg === "object" && arg !== null && ("channel" in arg || "afterChannel" in arg),
    )
  ) {
    throw new InvalidPlanError(
      `[${i}]`,
      `a ${one.kind} step needs a launcher and cannot be performed here`,
    );
  }
}

function performCall(act: Act, { call, args, as, tolerate, expect }: Call, world: World): void {
  let answer: number;
  try {
    answer = syscall(call, ...args.map((value) => argument(value, world)));
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    if (!tolerate?.some((name) => name === error.code)) throw failed(act, error.errno);
    answer = error.errno;
  }
  if (expect !== undefined && answer !== expect) throw failed(act);
  if (as !== undefined) world.results.set(as, answer);
}

function argument(value: Value, world: World): SyscallArgument {
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  if ("result" in value || "load" in value) return number(value, world);
  if ("memory" in value) return memoryOf(value.memory, value.bytes, world);
  if ("text" in value) return compose(value, world);
  if ("strings" in value) return pointers(value.strings, world);
  if ("struct" in value) return encode(value, world);
  if ("byArch" in value) return value.byArch[thisArch()];
  throw new InvalidPlanError("", "there is no channel without a launcher");
}

function number(value: Result | Load, world: World): number {
  if ("result" in value) return world.results.get(value.result)!;
  const buffer = world.memories.get(value.load)!;
  return value.bytes === 8
    ? Number(buffer.readBigUInt64LE(value.offset))
    : buffer.readUIntLE(value.offset, value.bytes);
}

function memoryOf(name: string, bytes: number, { memories }: World): Buffer {
  let buffer = memories.get(name);
  if (buffer === undefined) memories.set(name, (buffer = Buffer.alloc(bytes)));
  return buffer;
}

function compose({ text }: Text, world: World): string {
  return text.map((part) => (typeof part === "string" ? part : number(part, world))).join("");
}

function pointers(list: readonly (string | Uint8Array)[], world: World): Buffer {
  const block = Buffer.alloc(8 * (list.length + 1));
  list.forEach((one, i) => block.writeBigUInt64LE(pointer(terminated(one), world), 8 * i));
  return block;
}

function encode({ struct, fields }: Struct, world: World): Buffer {
  const block = Buffer.alloc(struct.bytes);
  for (const [name, value] of Object.entries(fields)) {
    const { offset, bytes, flags } = struct.fields[name]!;
    const number = fieldOf(value, world);
    const here = flags === undefined ? number : archValue(flags, number, thisArch());
    const bits = BigInt.asUintN(8 * bytes, here);
    if (bytes === 8) block.writeBigUInt64LE(bits, offset);
    else block.writeUIntLE(Number(bits), offset, bytes);
  }
  return block;
}

function fieldOf(value: FieldValue, world: World): bigint {
  if (typeof value === "number" || typeof value === "bigint") return BigInt(value);
  if (typeof value === "string") return pointer(terminated(value), world);
  if (value instanceof Uint8Array) return pointer(value, world);
  if ("memory" in value) return pointer(memoryOf(value.memory, value.bytes, world), world);
  if ("struct" in value) return pointer(encode(value, world), world);
  if ("byArch" in value) return pointer(value.byArch[thisArch()], world);
  return BigInt(number(value, world));
}

function pointer(bytes: Uint8Array, { alive }: World): bigint {
  alive.push(bytes);
  return addressOf(bytes);
}

function terminated(value: string | Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(value as string), Buffer.alloc(1)]);
}
