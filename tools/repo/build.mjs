/** Builds every package into its `dist` folder; only what changed. Run by `npm run build`. */
import { mustRun } from "./lib/run.mjs";

mustRun("turbo", [
  "run",
  "build",
  "--output-logs=errors-only",
  "--log-order=grouped",
  ...process.argv.slice(2),
]);
