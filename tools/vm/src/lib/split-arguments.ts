import { parseArgs, type ParseArgsConfig } from "node:util";
import { VmError } from "./vm-error.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** What a command line asks of us, and what it leaves to the command it names. */
export interface SplitArguments<O extends Options> {
  values: ReturnType<typeof parseArgs<{ options: O; strict: true }>>["values"];
  /** The first argument that is no option of ours, and all after it. */
  rest: string[];
}

/** Parses the options up to the command, whose own stay untouched. Throws X_VM_BAD_OPTION. */
export function splitArguments<const O extends Options>(
  args: readonly string[],
  options: O,
): SplitArguments<O> {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const end = tokens.find(({ kind }) => kind !== "option");
  const own = args.slice(0, end?.index);
  const skipped = end?.kind === "option-terminator" ? 1 : 0;
  const rest = end === undefined ? [] : args.slice(end.index + skipped);
  try {
    return { values: parseArgs({ args: own, options, strict: true }).values, rest };
  } catch (error) {
    throw new VmError("X_VM_BAD_OPTION", (error as Error).message, { cause: error });
  }
}
