import { writeFileSync } from "node:fs";
import { signalNumber, thisArch, type Arch } from "@x/syscall";
import { explain, explainLines, type Plan } from "@x/plan";
import type { Ended } from "../container.ts";
import { groupSketch } from "../group-sketch.ts";
import { hasGroup } from "../limits.ts";
import type { Sandbox } from "../sandbox.ts";
import { executableOf, planOf, standalonePlanOf, start } from "../start.ts";
import { describe } from "./describe.ts";
import { failureOf, statusOf } from "./exit-status.ts";
import { help } from "./options.ts";
import { sizeText } from "./size.ts";
import { parse, UsageError, type Flags, type Invocation } from "./parse.ts";
import { passSignals } from "./signals.ts";
import { timingTable } from "./timing-table.ts";

const actions = { run, explain: print, compile: write } as const;

/** Runs the command `x` with these arguments; resolves with its exit status. */
export async function main(args: readonly string[]): Promise<number> {
  let words: readonly string[] = [];
  try {
    const invocation = parse(args);
    if (invocation === "help") {
      process.stdout.write(help());
      return 0;
    }
    words = invocation.words;
    return await actions[invocation.command](invocation);
  } catch (error) {
    const [status, reason] = failureOf(error, words);
    process.stderr.write(`x: ${reason}\n`);
    return status;
  }
}

async function run(invocation: Invocation): Promise<number> {
  const { switches } = invocation.flags;
  using passing = passSignals();
  const ended = (): number | undefined => {
    const name = passing.endedBy();
    return name === undefined ? undefined : 128 + signalNumber(name);
  };
  try {
    await using container = await start(describe(invocation), {
      stdio: [switches.has("interactive") ? "inherit" : "ignore", "inherit", "inherit"],
      trace: switches.has("trace"),
      signal: passing.early,
    });
    passing.passTo(container);
    const end = await container.ended;
    if (switches.has("trace")) process.stderr.write(timingTable(container.timings));
    if (end.oom) process.stderr.write(`x: ${outOfMemory(end)}\n`);
    return ended() ?? statusOf(end);
  } catch (error) {
    const status = ended();
    if (status === undefined) throw error;
    return status;
  }
}

function outOfMemory({ memoryLimit }: Ended): string {
  return `out of memory${memoryLimit === undefined ? "" : ` at ${sizeText(memoryLimit)}`}`;
}

async function print(invocation: Invocation): Promise<number> {
  const { switches } = invocation.flags;
  const standalone = switches.has("standalone");
  const sandbox = describe(invocation);
  const plan = standalone ? standalonePlanOf(sandbox) : await planToRead(sandbox);
  const text = switches.has("json")
    ? `${JSON.stringify(explainLines(plan, { standalone }), null, 2)}\n`
    : explain(plan, { standalone });
  process.stdout.write(text);
  return 0;
}

/** The list as `run` would perform it; of a control group, where it would be. */
async function planToRead(sandbox: Sandbox): Promise<Plan> {
  if (!hasGroup(sandbox)) return planOf(sandbox);
  const { detect } = await import("@x/cgroups");
  return planOf(sandbox, { cgroup: groupSketch(detect(), process.geteuid!()) });
}

async function write(invocation: Invocation): Promise<number> {
  const { output } = invocation.flags.values;
  if (output === undefined) throw new UsageError("x compile needs -o FILE");
  writeFileSync(output, executableOf(describe(invocation), archOf(invocation.flags)), {
    mode: 0o755,
  });
  return 0;
}

function archOf({ values: { arch = thisArch() } }: Flags): Arch {
  if (arch === "x64" || arch === "arm64") return arch;
  throw new UsageError(`${JSON.stringify(arch)} is neither x64 nor arm64`);
}
