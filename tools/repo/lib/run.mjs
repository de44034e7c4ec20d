import { spawnSync } from "node:child_process";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root folder of the repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");

/** On Windows npm and pnpm are batch files, which only a shell can start. */
export const windows = process.platform === "win32";

/** Runs a program of PATH in the repository's root and returns its exit status (128+n for signals). */
export function run(file, args, options = {}) {
  const { status, signal, error } = spawnSync(file, args, {
    cwd: root,
    stdio: "inherit",
    shell: windows,
    ...options,
  });
  if (error) {
    console.error(`cannot run ${file}: ${error.message}`);
    return 127;
  }
  return signal ? 128 + constants.signals[signal] : status;
}

/** As {@link run}; ends this program with the same status when it is not 0. */
export function mustRun(file, args, options = {}) {
  const status = run(file, args, options);
  if (status !== 0) {
    process.exit(status);
  }
}
