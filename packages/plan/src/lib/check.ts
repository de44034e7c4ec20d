import { isSyscallName, type StructLayout } from "@x/syscall";
import { InvalidPlanError } from "./error.ts";
import type { Exec, Plan, Step } from "./step.ts";
import { INTERNAL } from "./value.ts";
import type { AfterChannel, ByArch, Channel, FieldValue, Value } from "./value.ts";

/** The kernel's limit for one string of argv or envp: 32 pages (execve(2)). */
const MAX_STRING_BYTES = 131_072;
const MAX_ARGUMENTS = 6;
const MAX_TOLERATED = 8;

/**
 * Refuses a plan that makes no sense, before anything is compiled or done: throws
 * `InvalidPlanError` with the path of what is wrong (`[3].child[0].args[1]`).
 */
export function check(plan: Plan): void {
  checkSteps(plan, "", { results: new Set(), memories: new Map() });
}

interface Scope {
  /** Results that an earlier step of this process, or of its parent before the fork, has named. */
  readonly results: Set<string>;
  readonly memories: Map<string, number>;
}

function checkSteps(steps: Plan, path: string, scope: Scope): void {
  steps.forEach((one, i) => checkStep(one, `${path}[${i}]`, scope));
}

function checkStep(one: Step, path: string, scope: Scope): void {
  switch (one.kind) {
    case "call":
      if (!isSyscallName(one.call)) fail(`${path}.call`, `no system call is named ${one.call}`);
      if (one.args.length > MAX_ARGUMENTS) {
        fail(`${path}.args`, "a system call has six arguments at most");
      }
      one.args.forEach((value, i) => checkValue(value, `${path}.args[${i}]`, scope));
      if ((one.tolerate?.length ?? 0) > MAX_TOLERATED) {
        fail(`${path}.tolerate`, `more than ${MAX_TOLERATED} errors`);
      }
      return define(one.as, `${path}.as`, scope);
    case "fork": {
      checkValue(one.args, `${path}.args`, scope);
      define(one.as, `${path}.as`, scope);
      const inherited = { results: new Set(scope.results), memories: scope.memories };
      return checkSteps(one.child, `${path}.child`, inherited);
    }
    case "exec":
      return checkExec(one, path);
    case "exitAs":
      return checkValue(one.pid, `${path}.pid`, scope);
    case "reap":
      if (one.listener !== undefined) checkValue(one.listener, `${path}.listener`, scope);
      return checkValue(one.pid, `${path}.pid`, scope);
    case "report":
      return checkValue(one.value, `${path}.value`, scope);
    case "answer":
      return;
  }
}

function checkExec({ files, argv, env }: Exec, path: string): void {
  if (files.length === 0) fail(`${path}.files`, "nothing to execute");
  files.forEach((file, i) => checkString(file, `${path}.files[${i}]`));
  argv.forEach((one, i) => checkString(one, `${path}.argv[${i}]`, MAX_STRING_BYTES));
  env.forEach((one, i) => checkString(one, `${path}.env[${i}]`, MAX_STRING_BYTES));
}

function define(name: string | undefined, path: string, { results }: Scope): void {
  if (name === undefined) return;
  checkName(name, path);
  if (results.has(name)) fail(path, `the name ${name} is taken by an earlier step`);
  results.add(name);
}

function checkName(name: string, path: string): void {
  if (name.startsWith(INTERNAL)) {
    fail(path, `names that begin with ${INTERNAL} are the launcher's own`);
  }
}

function checkValue(value: Value | FieldValue, path: string, scope: Scope): void {
  if (value === null) return;
  if (typeof value === "number" || typeof value === "bigint") return checkNumber(value, path);
  if (typeof value === "string") return checkString(value, path);
  if (value instanceof Uint8Array || isOpaque(value)) return;
  if ("result" in value) {
    if (!scope.results.has(value.result)) {
      fail(path, `no earlier step has a result named ${value.result}`);
    }
  } else if ("memory" in value) {
    checkName(value.memory, path);
    const bytes = scope.memories.get(value.memory) ?? value.bytes;
    if (bytes !== value.bytes) {
      fail(path, `${value.memory} has ${bytes} bytes elsewhere in the plan`);
    }
    scope.memories.set(value.memory, bytes);
  } else if ("load" in value) {
    const bytes = scope.memories.get(value.load);
    if (bytes === undefined) fail(path, `no earlier step has a memory named ${value.load}`);
    if (value.offset < 0 || value.offset + value.bytes > bytes) {
      fail(path, `${value.load} has ${bytes} bytes only`);
    }
  } else if ("strings" in value) {
    value.strings.forEach((one, i) => checkString(one, `${path}[${i}]`));
  } else if ("text" in value) {
    value.text.forEach((part, i) => checkValue(part, `${path}[${i}]`, scope));
  } else {
    checkStruct(value.struct, value.fields, path, scope);
  }
}

function isOpaque(value: object): value is Channel | AfterChannel | ByArch {
  return "channel" in value || "afterChannel" in value || "byArch" in value;
}

function checkStruct(
  layout: StructLayout,
  fields: Readonly<Record<string, FieldValue>>,
  path: string,
  scope: Scope,
): void {
  for (const [name, value] of Object.entries(fields)) {
    const at = `${path}.${name}`;
    const field = layout.fields[name];
    if (field === undefined) fail(at, `struct ${layout.name} has no field named ${name}`);
    if (typeof value === "number" || typeof value === "bigint") {
      checkNumber(value, at);
      const limit = 2 ** (8 * field.bytes);
      if (value >= limit || value < -limit / 2) {
        fail(at, `${value} does not fit ${field.bytes} bytes`);
      }
    } else checkValue(value, at, scope);
  }
}

function checkNumber(value: number | bigint, path: string): void {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    fail(path, `${value} is no integer that a number can hold exactly`);
  }
  if (value >= 2 ** 64 || value < -(2 ** 63)) {
    fail(path, `${value} does not fit 64 bits`);
  }
}

function checkString(value: string | Uint8Array, path: string, limit = Infinity): void {
  if (typeof value === "string" ? value.includes("\0") : value.includes(0)) {
    fail(path, "a NUL byte ends a string for the kernel, so none can be inside");
  }
  if (value.length >= limit || Buffer.byteLength(value) >= limit) {
    fail(path, `longer than the ${limit - 1} bytes that execve(2) takes`);
  }
}

function fail(path: string, message: string): never {
  throw new InvalidPlanError(path, message);
}
