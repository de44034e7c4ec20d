import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

const tsx = import.meta.resolve("tsx");
const source = fileURLToPath(new URL("../x.ts", import.meta.url));

/** How the command ended and what it wrote. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and as whom the command runs; what is not said is as in this process. */
export interface Surroundings {
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
  readonly cwd?: string;
  /** Instead of the source: the program and its first arguments. */
  readonly program?: readonly string[];
}

/** The command line that runs `x` from its source. */
export function command(...args: readonly string[]): string[] {
  return [process.execPath, "--conditions=source", "--import", tsx, source, ...args];
}

/** Starts the command `x`, from its source unless another program is named. */
export function spawnX(
  args: readonly string[],
  stdin: "ignore" | "pipe" = "ignore",
  { program = command(), env, ...rest }: Surroundings = {},
): ChildProcess {
  const [file, ...before] = program;
  return spawn(file!, [...before, ...args], {
    stdio: [stdin, "pipe", "pipe"],
    env: { ...process.env, TSX_DISABLE_CACHE: "1", ...env },
    ...rest,
  });
}

/** Runs the command `x` to its end. */
export async function x(...args: readonly string[]): Promise<Outcome> {
  return outcome(spawnX(args));
}

/** Waits for a started command. */
export async function outcome(child: ChildProcess): Promise<Outcome> {
  let [stdout, stderr] = ["", ""];
  child.stdout!.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  return { status, stdout, stderr };
}
