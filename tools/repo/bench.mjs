/** Builds, then measures launches against those of other tools. Run by `npm run bench`. */
import { mustRun, run } from "./lib/run.mjs";

mustRun("turbo", ["run", "build", "--output-logs=errors-only"]);
const bench = ["--filter", "@x/bench", "--fail-if-no-match", "run", "bench"];
process.exitCode = run("pnpm", [...bench, ...process.argv.slice(2)]);
