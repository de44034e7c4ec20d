/** Builds, then shows a container from outside and inside. Run by `npm run demo`. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeReport } from "./lib/reports.mjs";
import { mustRun, root, run } from "./lib/run.mjs";

mustRun("turbo", ["run", "build", "--output-logs=errors-only"]);
const demo = join(root, "packages", "runtime", "dist", "demo.js");
if (!existsSync(demo)) {
  console.error(`there is no demo to run: ${demo} is missing after the build`);
  process.exit(1);
}
const status = run(process.execPath, [demo, ...process.argv.slice(2)]);
writeReport("demo", [{ title: "npm run demo", status }]);
process.exitCode = status;
