import type { Arch } from "./arch.ts";
import { O_DIRECT, O_DIRECTORY, O_LARGEFILE, O_NOFOLLOW } from "./constants/open.ts";
import { enumeratedBits } from "./enumerated-bits.ts";
import type { FlagGroupName } from "./flag-group-name.ts";

/**
 * A value in the numbers of an architecture. The constants of this package are those of x86-64;
 * what is made of them goes through here before the kernel of another architecture sees it.
 * `syscall()` does that for the flags of its arguments, `pack()` for those of a struct.
 *
 * Only the group `open` differs, and there arm64 swaps two pairs of bits, so that the same call
 * also translates arm64's numbers (what `fcntl(F_GETFL)` gave there) back. The negative number that
 * JavaScript's `|` makes of flags with bit 31 becomes the unsigned word that was meant, so that it
 * does not fill the upper half of a 64-bit field.
 */
export function archValue<Value extends number | bigint>(
  group: FlagGroupName,
  value: Value,
  arch: Arch,
): Value;
export function archValue(
  group: FlagGroupName,
  value: number | bigint,
  arch: Arch,
): number | bigint {
  const meant = unsigned(group, value);
  const different = archDifferences[group]?.[arch];
  if (different === undefined) return meant;
  const bits = BigInt(meant);
  let changed = bits;
  for (const [here] of different) changed &= ~BigInt(here);
  for (const [here, there] of different) if (bits & BigInt(here)) changed |= BigInt(there);
  return typeof value === "number" ? Number(changed) : changed;
}

function unsigned(group: FlagGroupName, value: number | bigint): number | bigint {
  const flags = typeof value === "number" && value < 0 && enumeratedBits[group] !== -1n;
  return flags && value >= -0x8000_0000 ? value >>> 0 : value;
}

/** Per group and architecture, the constants whose number differs: `[on x86-64, there]`. */
export const archDifferences: {
  readonly [group in FlagGroupName]?: {
    readonly [arch in Arch]?: readonly (readonly [number, number])[];
  };
} = {
  // arch/arm64/include/uapi/asm/fcntl.h
  open: {
    arm64: [
      [O_DIRECTORY, 0o40000],
      [O_NOFOLLOW, 0o100000],
      [O_DIRECT, 0o200000],
      [O_LARGEFILE, 0o400000],
    ],
  },
};
