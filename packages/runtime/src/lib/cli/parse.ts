import { parseArgs } from "node:util";
import { commands, type CommandShape } from "./commands.ts";
import type { Invocation } from "./invocation.ts";
import type { OptionShape } from "./option-shape.ts";
import { UsageError } from "./usage-error.ts";

/** Somebody asks for help, about one command or about all. */
export interface HelpWanted {
  readonly help: string | undefined;
}

/**
 * Takes a command line apart. Options of ours end where a program begins: behind `--`, or at the
 * second word that is no option. Throws `UsageError`.
 */
export function parse(args: readonly string[]): Invocation | HelpWanted {
  const [first] = args;
  if (first === undefined) throw new UsageError("no command; x --help shows what there is");
  if (first === "--help" || first === "-h" || first === "help") return { help: undefined };
  const [command, rest] = commandOf(args);
  const shape = commands[command]!;
  const flags = {
    lists: {} as Record<string, string[]>,
    values: {} as Record<string, string>,
    switches: new Set<string>(),
  };
  const words: string[] = [];
  const { tokens } = parseArgs({
    args: rest,
    options: { ...shape.options, help: { type: "boolean", short: "h" } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "option-terminator") {
      words.push(...rest.slice(token.index + 1));
      break;
    }
    if (token.kind === "positional") {
      if (shape.words === "program" && words.length === 1) {
        words.push(...rest.slice(token.index));
        break;
      }
      words.push(token.value);
    } else if (token.name === "help") return { help: command };
    else keep(token, command, shape, flags);
  }
  checkWords(words, command, shape);
  return { command, words, flags };
}

function commandOf(args: readonly string[]): [string, string[]] {
  const [first = "", second = ""] = args;
  const both = `${first} ${second}`;
  if (Object.hasOwn(commands, both)) return [both, args.slice(2)];
  if (Object.hasOwn(commands, first)) return [first, args.slice(1)];
  const family = Object.keys(commands).filter((name) => name.startsWith(`${first} `));
  if (family.length > 0) {
    throw new UsageError(`x ${first} needs one more word: x ${family.join(", x ")}`);
  }
  throw new UsageError(
    `no command is named ${JSON.stringify(first)}; x --help shows what there is`,
  );
}

function checkWords(words: readonly string[], command: string, shape: CommandShape): void {
  const [least, most] = shape.words === "program" ? [1, Infinity] : shape.words;
  if (words.length >= least && words.length <= most) return;
  if (shape.words === "program") throw new UsageError("no root: host, dir:PATH, or an image");
  throw new UsageError(`x ${command} is used so: x ${command} ${shape.usage}`);
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
}

interface Growing {
  readonly lists: Record<string, string[]>;
  readonly values: Record<string, string>;
  readonly switches: Set<string>;
}

function keep(token: OptionToken, command: string, { options }: CommandShape, to: Growing): void {
  const { name, rawName, value } = token;
  const shape: OptionShape | undefined = Object.hasOwn(options, name) ? options[name] : undefined;
  if (shape === undefined) {
    throw new UsageError(
      `x ${command} has no option ${rawName}; x ${command} --help shows those it has`,
    );
  }
  if (shape.type === "boolean") {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value`);
    to.switches.add(name);
  } else if (value === undefined) {
    throw new UsageError(`${rawName} needs a value: ${shape.value}`);
  } else if (shape.multiple) (to.lists[name] ??= []).push(value);
  else to.values[name] = value;
}
