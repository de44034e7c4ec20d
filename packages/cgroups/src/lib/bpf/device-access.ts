import {
  BPF_DEVCG_ACC_MKNOD,
  BPF_DEVCG_ACC_READ,
  BPF_DEVCG_ACC_WRITE,
  BPF_DEVCG_DEV_BLOCK,
  BPF_DEVCG_DEV_CHAR,
} from "@x/syscall";
import type { DeviceRule } from "../resources.ts";

/** What a process wants of a device: `open` asks for what it opens for at once, `mknod` alone. */
export interface DeviceAccess {
  readonly type: "b" | "c";
  readonly major: number;
  readonly minor: number;
  /** Of `r`, `w` and `m`. */
  readonly access: string;
}

/** The kernel's numbers for the kinds of devices. */
export const deviceTypes: Readonly<Record<"b" | "c", number>> = {
  b: BPF_DEVCG_DEV_BLOCK,
  c: BPF_DEVCG_DEV_CHAR,
};

const accessBits: Readonly<Record<string, number>> = {
  r: BPF_DEVCG_ACC_READ,
  w: BPF_DEVCG_ACC_WRITE,
  m: BPF_DEVCG_ACC_MKNOD,
};

/** `r`, `w` and `m` as the kernel's bits; all three unless given. */
export function accessMask(access = "rwm"): number {
  return [...access].reduce((bits, letter) => bits | (accessBits[letter] ?? 0), 0);
}

/**
 * Whether the rules let an access through: each thing that is asked for is decided by the last rule
 * that fits it, and by the group above where none does, which is a yes here; the access needs a yes
 * for all. This is what the rules mean, one by one; `deviceProgram` is the same for the kernel.
 */
export function isAllowed(rules: readonly DeviceRule[], wanted: DeviceAccess): boolean {
  return [...wanted.access].every((letter) => {
    const last = rules.findLast((rule) => fits(rule, wanted, letter));
    return last?.allow ?? true;
  });
}

function fits(rule: DeviceRule, wanted: DeviceAccess, letter: string): boolean {
  const { type = "a", major, minor, access = "rwm" } = rule;
  return (
    (type === "a" || type === wanted.type) &&
    (major === undefined || major === wanted.major) &&
    (minor === undefined || minor === wanted.minor) &&
    access.includes(letter)
  );
}
