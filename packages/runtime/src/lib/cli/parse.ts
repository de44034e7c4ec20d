import { parseArgs } from "node:util";
import { commands, options, type CommandName } from "./options.ts";

/** A command line that makes no sense. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "X_USAGE";
}

/** A command line, taken apart. */
export interface Invocation {
  readonly command: CommandName;
  readonly root: string;
  /** The program to run inside and its arguments, untouched. */
  readonly words: readonly string[];
  readonly flags: Flags;
}

/** Options by name; those that were not given are missing. */
export interface Flags {
  readonly env: readonly string[];
  readonly volume: readonly string[];
  readonly device: readonly string[];
  readonly values: Readonly<Record<string, string>>;
  readonly switches: ReadonlySet<string>;
}

/**
 * Takes a command line apart; `"help"` if that is all it asks for. Options of ours end where the
 * program begins: behind `--`, or at the second word that is no option.
 */
export function parse(args: readonly string[]): Invocation | "help" {
  const [command, ...rest] = args;
  if (command === undefined) throw new UsageError("no command; x --help shows what there is");
  if (command === "--help" || command === "-h" || command === "help") return "help";
  if (!isCommand(command)) {
    throw new UsageError(
      `no command is named ${JSON.stringify(command)}; x --help shows what there is`,
    );
  }
  const { tokens } = parseArgs({
    args: rest,
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const flags = {
    env: [] as string[],
    volume: [] as string[],
    device: [] as string[],
    values: {} as Record<string, string>,
    switches: new Set<string>(),
  };
  let root: string | undefined;
  let start = rest.length;
  for (const token of tokens) {
    if (token.kind === "option-terminator") {
      start = token.index + 1;
      break;
    }
    if (token.kind === "positional") {
      if (root !== undefined) {
        start = token.index;
        break;
      }
      root = token.value;
    } else keep(token, command, flags);
  }
  if (flags.switches.has("help")) return "help";
  // Behind `--` the root may come first, too: `x run -- host true`.
  if (root === undefined) root = rest[start++];
  if (root === undefined) throw new UsageError("no root: host, or dir:PATH");
  const words = rest.slice(start);
  if (words.length === 0) throw new UsageError(`nothing to run in ${root}`);
  return { command, root, words, flags };
}

function isCommand(word: string): word is CommandName {
  return Object.hasOwn(commands, word);
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
}

interface Growing extends Record<"env" | "volume" | "device", string[]> {
  readonly values: Record<string, string>;
  readonly switches: Set<string>;
}

function keep({ name, rawName, value }: OptionToken, command: CommandName, flags: Growing): void {
  const shape = Object.hasOwn(options, name) ? options[name] : undefined;
  if (shape === undefined || shape.commands?.includes(command) === false) {
    throw new UsageError(`x ${command} has no option ${rawName}; x --help shows those it has`);
  }
  if (shape.type === "boolean") {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value`);
    flags.switches.add(name);
  } else if (value === undefined) {
    throw new UsageError(`${rawName} needs a value: ${shape.value}`);
  } else if (name === "env" || name === "volume" || name === "device") flags[name].push(value);
  else flags.values[name] = value;
}
