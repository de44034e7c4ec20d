import { enumeratedBits } from "./enumerated-bits.ts";
import { flagGroups } from "./flag-groups.ts";
import type { FlagGroupName } from "./flag-group-name.ts";

/**
 * A value in the names of its group: `CLONE_NEWNS|CLONE_NEWPID`. Flags come in ascending order
 * after the enumerated part, if the group has one; bits without a name in hexadecimal (permission
 * bits in octal); no flags at all as `0`, or by the name the group has for that, such as
 * `O_RDONLY`. Of a group that is an enumeration, the one name, or the number.
 */
export function symbolic(group: FlagGroupName, value: number | bigint): string {
  const mask = enumeratedBits[group];
  const names = table(group);
  if (mask === -1n) {
    const exact = BigInt(value);
    const found = names.byValue.get(exact) ?? names.byValue.get(BigInt.asUintN(32, exact));
    return found ?? number(group, exact);
  }
  let rest = unsigned(value);
  const words: string[] = [];
  if (mask !== undefined && (mask !== 0n || rest === 0n)) {
    const word = names.byValue.get(rest & mask);
    if (word !== undefined && !redundant(group, rest)) {
      words.push(word);
      rest &= ~mask;
    }
  }
  const flags: (readonly [string, bigint])[] = [];
  for (const [name, bits] of names.widestFirst) {
    if ((rest & bits) !== bits) continue;
    flags.push([name, bits]);
    rest &= ~bits;
  }
  words.push(...flags.toSorted(([, a], [, b]) => (a < b ? -1 : 1)).map(([name]) => name));
  if (rest !== 0n || words.length === 0) words.push(number(group, rest));
  return words.join("|");
}

/** `O_PATH` ignores the access mode: `open(2)`. */
function redundant(group: FlagGroupName, value: bigint): boolean {
  return group === "open" && (value & BigInt(0o10000003)) === BigInt(0o10000000);
}

/** JavaScript's `|` gives a negative number once bit 31 is set; as flags it is an unsigned word. */
function unsigned(value: number | bigint): bigint {
  const bits = BigInt(value);
  return bits < 0n ? BigInt.asUintN(bits < -0x8000_0000n ? 64 : 32, bits) : bits;
}

/** Enumerations that are written in hexadecimal where they are defined; others are counted. */
const hexadecimal: ReadonlySet<FlagGroupName> = new Set<FlagGroupName>([
  "audit_arch",
  "filesystem",
  "ioctl",
]);

function number(group: FlagGroupName, value: bigint): string {
  if (value <= 0n) return String(value);
  if (enumeratedBits[group] === -1n && !hexadecimal.has(group)) return String(value);
  if (group === "mode") return `0${value.toString(8)}`;
  return `0x${value.toString(16)}`;
}

interface Table {
  readonly byValue: ReadonlyMap<bigint, string>;
  readonly widestFirst: readonly (readonly [string, bigint])[];
}

const tables = new Map<FlagGroupName, Table>();

function table(group: FlagGroupName): Table {
  const known = tables.get(group);
  if (known !== undefined) return known;
  const entries = Object.entries(flagGroups[group]).map(
    ([name, value]) => [name, BigInt(value)] as const,
  );
  const made: Table = {
    byValue: new Map(entries.map(([name, value]) => [value, name])),
    // `O_SYNC` contains `O_DSYNC`: a name of several bits is tried before those of one.
    widestFirst: entries
      .filter(([, value]) => value > 0n)
      .toSorted(([, a], [, b]) => bitCount(b) - bitCount(a)),
  };
  tables.set(group, made);
  return made;
}

function bitCount(value: bigint): number {
  return value.toString(2).replaceAll("0", "").length;
}
