import type { DeviceRule } from "../resources.ts";
import { devices } from "../validate/devices.ts";
import * as assembler from "./assembler.ts";
import { accessMask, deviceTypes } from "./device-access.ts";
import type { Instruction } from "./instruction.ts";

/** The kernel gives the address of `struct bpf_cgroup_dev_ctx` in register 1. */
const context = 1;
const answer = 0;
const field = 2;
/** What of the access no rule has decided yet. */
const open = 3;

/** Two halves of a word, and two words. */
const type = { offset: 0, bytes: 2 } as const;
const access = { offset: 2, bytes: 2 } as const;
const major = { offset: 4, bytes: 4 } as const;
const minor = { offset: 8, bytes: 4 } as const;

const yes = 1;
const no = 0;

/**
 * The program that decides as `isAllowed` does, for the kernel to run at every `open` and `mknod` of
 * a device: 1 is yes, 0 is `EPERM`. From the last rule to the first, each decides its part of what is
 * asked for, until a part is denied or nothing is left. Where no rule fits it says yes, and the
 * programs of the groups above decide, which the kernel runs as well.
 *
 * @throws CgroupError `X_CGROUP_INVALID` with the field.
 */
export function deviceProgram(rules: readonly DeviceRule[]): Instruction[] {
  devices(rules, "devices", noMachine);
  return [
    assembler.load(open, context, access),
    ...rules.toReversed().flatMap(block),
    ...leave(yes),
  ];
}

/** A device rule is right or wrong on any machine. */
const noMachine = { cpus: [], mems: [], pageSizes: [] };

/**
 * One rule; whatever does not fit goes on behind the block. Each block loads what it compares anew:
 * a register that is kept is known to the verifier in ever more ways, and a thousand rules would be
 * too many for it.
 */
function block(rule: DeviceRule): Instruction[] {
  const comparisons = [
    [type, rule.type === "b" || rule.type === "c" ? deviceTypes[rule.type] : undefined],
    [major, rule.major],
    [minor, rule.minor],
  ] as const;
  return comparisons.reduceRight(
    (behind, [place, value]) => (value === undefined ? behind : given(place, value, behind)),
    rule.allow ? allow(rule) : deny(rule),
  );
}

/** What is behind is left out unless the field has the value. */
function given(
  place: assembler.ContextField,
  value: number,
  behind: readonly Instruction[],
): Instruction[] {
  return [
    assembler.load(field, context, place),
    assembler.skipUnlessEqual(field, value, behind.length),
    ...behind,
  ];
}

function allow(rule: DeviceRule): Instruction[] {
  const end = leave(yes);
  return [
    assembler.and(open, ~accessMask(rule.access)),
    assembler.skipUnlessEqual(open, 0, end.length),
    ...end,
  ];
}

function deny(rule: DeviceRule): Instruction[] {
  const end = leave(no);
  return [
    assembler.copy(answer, open),
    assembler.and(answer, accessMask(rule.access)),
    assembler.skipIfEqual(answer, 0, end.length),
    ...end,
  ];
}

function leave(value: number): Instruction[] {
  return [assembler.set(answer, value), assembler.exit];
}
