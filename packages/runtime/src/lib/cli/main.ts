import { commands } from "./commands.ts";
import { failureOf } from "./exit-status.ts";
import { help } from "./help.ts";
import { parse } from "./parse.ts";

/** Runs the command `x` with these arguments; resolves with its exit status. */
export async function main(args: readonly string[]): Promise<number> {
  const runsProgram = runs(args[0]);
  try {
    const wanted = parse(args);
    if ("help" in wanted) {
      process.stdout.write(help(wanted.help));
      return 0;
    }
    const action = await commands[wanted.command]!.load();
    return await action(wanted);
  } catch (error) {
    const [status, reason] = failureOf(error, runsProgram);
    process.stderr.write(`x: ${reason}\n`);
    return status;
  }
}

/** Words that make no sense count as an attempt to run something, as docker has it. */
function runs(word: string | undefined): boolean {
  const shape = Object.entries(commands).find(([name]) => name.split(" ")[0] === word);
  return shape === undefined || shape[1].words === "program";
}
