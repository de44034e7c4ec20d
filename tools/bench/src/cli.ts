import { parseArgs } from "node:util";
import { bench } from "./lib/bench.ts";
import { BenchError } from "./lib/bench-error.ts";

const usage = `bench [options]

Measures launch to reap of /bin/true in a small root directory: ours, bwrap, unshare, runc, and
/bin/true by itself, in turns. Needs root. Exit status 1 when a target is missed.

  --rounds N     launches of each that count (200)
  --warm-up N    launches of each before that, for the compiler of JavaScript (100)
  --json FILE    where the figures go as well (.reports/bench.json)
  --report-only  exit status 0 whatever the figures are: for a machine that is busy
`;

try {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "200" },
      "warm-up": { type: "string", default: "100" },
      json: { type: "string" },
      "report-only": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) process.stdout.write(usage);
  else {
    const missed = await bench({
      rounds: count("rounds", values.rounds, 1),
      warmUp: count("warm-up", values["warm-up"], 0),
      ...(values.json === undefined ? {} : { json: values.json }),
    });
    if (missed > 0 && !values["report-only"]) process.exitCode = 1;
  }
} catch (error) {
  const expected = error instanceof BenchError || error instanceof TypeError;
  process.stderr.write(`bench: ${expected ? error.message : describe(error)}\n`);
  process.exitCode = 125;
}

function count(name: string, text: string, least: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least) return number;
  throw new BenchError(`--${name} takes a whole number from ${least}, not ${text}`);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
