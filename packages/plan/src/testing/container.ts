import { CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUSER, CLONE_NEWUTS } from "@x/syscall";
import { exec, exitAs, fork, step, type Plan, type Step } from "../lib/step.ts";
import { result } from "../lib/value.ts";

const flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS;
/** An ordinary user needs a user namespace to make the others. */
const namespaces = process.getuid?.() === 0 ? flags : flags | CLONE_NEWUSER;

/**
 * A small container that runs a script for `sh`, which is its PID 1; a new plan each time. Step 1
 * is the fork, step 2 gives it a name.
 */
export function container(script: string, ...before: Step[]): Plan {
  const name = step("sethostname", ["small", 5], { why: "a name of its own" });
  const command = exec(["/bin/sh"], ["sh", "-c", script], []);
  return [
    fork({ flags: namespaces }, [name, ...before, command], { as: "pid" }),
    exitAs(result("pid")),
  ];
}
