import { parseArgs } from "node:util";
import { bench } from "./lib/bench.ts";
import { BenchError } from "./lib/bench-error.ts";
import { benchGroups } from "./lib/cgroups/bench.ts";
import { benchImages } from "./lib/images/bench.ts";

const usage = `bench [launch|cgroups|images] [options]

launch   launch to reap of /bin/true in a small root directory: ours, bwrap, unshare, runc, and
         /bin/true by itself, in turns
cgroups  control groups made, filled, read and deleted: ours, plain file operations, and the Go
         libraries of runc and containerd, in turns; and what it costs to watch them
images   a Debian and an image of 20 layers pulled and unpacked: ours, podman, skopeo with umoci, in
         turns; and what each part of that takes alone

Needs root. Exit status 1 when a target is missed.

  --rounds N     rounds that count (launch: 200, cgroups: 9, images: 7)
  --warm-up N    rounds before that, for the compiler of JavaScript (launch: 100, cgroups: 1, images: 1)
  --groups N     groups in each round of cgroups (1000)
  --seconds N    how long they are watched (10)
  --json FILE    where the figures go as well (.reports/bench.json, bench-cgroups.json, bench-images.json)
  --report-only  exit status 0 whatever the figures are: for a machine that is busy
`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: "string" },
      "warm-up": { type: "string" },
      groups: { type: "string" },
      seconds: { type: "string" },
      json: { type: "string" },
      "report-only": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) process.stdout.write(usage);
  else {
    const missed = await run(positionals, values);
    if (missed > 0 && !values["report-only"]) process.exitCode = 1;
  }
} catch (error) {
  const expected = error instanceof BenchError || error instanceof TypeError;
  process.stderr.write(`bench: ${expected ? error.message : describe(error)}\n`);
  process.exitCode = 125;
}

interface Values {
  readonly rounds?: string;
  readonly "warm-up"?: string;
  readonly groups?: string;
  readonly seconds?: string;
  readonly json?: string;
}

function run(subjects: readonly string[], values: Values): Promise<number> {
  const json = values.json === undefined ? {} : { json: values.json };
  switch (subjects.join(" ")) {
    case "":
    case "launch":
      return bench({
        rounds: count("rounds", values.rounds ?? "200", 1),
        warmUp: count("warm-up", values["warm-up"] ?? "100", 0),
        ...json,
      });
    case "cgroups":
      return benchGroups({
        rounds: count("rounds", values.rounds ?? "9", 1),
        warmUp: count("warm-up", values["warm-up"] ?? "1", 0),
        groups: count("groups", values.groups ?? "1000", 1),
        seconds: count("seconds", values.seconds ?? "10", 1),
        ...json,
      });
    case "images":
      return benchImages({
        rounds: count("rounds", values.rounds ?? "7", 1),
        warmUp: count("warm-up", values["warm-up"] ?? "1", 0),
        ...json,
      });
    default:
      throw new BenchError(
        `there is no bench ${subjects.join(" ")}, only launch, cgroups and images`,
      );
  }
}

function count(name: string, text: string, least: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least) return number;
  throw new BenchError(`--${name} takes a whole number from ${least}, not ${text}`);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
