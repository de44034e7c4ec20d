import { checks } from "../compliance/checks.ts";
import { runCheck, type Mode } from "../compliance/run.ts";

/** Runs all checks in the mode that its argument describes, and prints as JSON how they ended. */
const mode = JSON.parse(process.argv[2]!) as Mode;
const outcomes: Record<string, string | null> = {};
for (const title of Object.keys(checks)) {
  outcomes[title] = await runCheck(title, mode).then(
    () => null,
    (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)),
  );
}
console.log(JSON.stringify(outcomes));
