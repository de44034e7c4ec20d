/**
 * The main entry as it is built: what is public, and behind it what the subpaths share with it, so
 * that an import of the package loads one file and there is one of every class and every count.
 * `tsup.config.ts` makes the subpaths import from here.
 */
export * from "./index.ts";
export { Cgroup } from "./lib/cgroup.ts";
export { makeCgroup } from "./lib/create.ts";
export { openAll } from "./lib/group/bindings.ts";
export { errnoOf, kernelError } from "./lib/group/kernel-error.ts";
export { availableIn, neededFor } from "./lib/group/needed.ts";
export { needsProgram } from "./lib/group/put-in-force.ts";
export { untilTrue } from "./lib/group/until-empty.ts";
export { writeFile } from "./lib/group/write-file.ts";
export { readMachine } from "./lib/machine.ts";
export { parseFlatKeyed } from "./lib/parse/flat-keyed.ts";
export { parseNestedKeyed } from "./lib/parse/nested-keyed.ts";
export { makeDirectory } from "./lib/tree/directory.ts";
export { controllersAt, SELF } from "./lib/tree/place.ts";
export { bytesOf, microsecondsOf } from "./lib/units.ts";
export { validate } from "./lib/validate.ts";
export { invalid, show } from "./lib/validate/check.ts";
export { devices } from "./lib/validate/devices.ts";
export { validateName } from "./lib/validate/name.ts";
