import { existsSync } from "node:fs";
import { CgroupError } from "../error.ts";
import type { OpenDirectory } from "./bindings.ts";
import { writeFileSlowly } from "./write-file.ts";

/** v1's controllers as their files are named; v2 calls the same one io. */
const ofFile: Readonly<Record<string, string>> = { blkio: "io" };

/**
 * The text of any file of a group, by name: `memory.max`. Throws `X_CGROUP_NO_CONTROLLER` when no
 * hierarchy has such a file for it.
 */
export function readRaw(directories: readonly OpenDirectory[], file: string): string {
  for (const { files } of candidates(directories, file)) {
    const text = files.read(file);
    if (text !== undefined) return text;
  }
  throw noSuchFile(directories, file);
}

/** Writes into any file of a group as it is. Throws as {@link readRaw}, and what the kernel says. */
export async function writeRaw(
  directories: readonly OpenDirectory[],
  file: string,
  value: string,
): Promise<void> {
  const directory = candidates(directories, file).find(({ path }) => existsSync(`${path}/${file}`));
  if (directory === undefined) throw noSuchFile(directories, file);
  await writeFileSlowly(`${directory.path}/${file}`, value);
}

/** The hierarchies that may have the file, the one whose controller it names first. */
function candidates(directories: readonly OpenDirectory[], file: string): OpenDirectory[] {
  if (!/^[a-zA-Z0-9_][a-zA-Z0-9_.]*$/.test(file)) {
    throw new CgroupError("X_CGROUP_INVALID", `${JSON.stringify(file)} is no file of a group`, {
      field: "file",
    });
  }
  const prefix = file.split(".")[0]!;
  const name = ofFile[prefix] ?? prefix;
  const controls = ({ hierarchy }: OpenDirectory): boolean =>
    hierarchy.controllers.some((one) => one === name);
  const unified = directories.filter(({ hierarchy }) => hierarchy.version === 2);
  const own = directories.filter(controls);
  if (own.length > 0) return [...own, ...unified];
  return prefix === "cgroup" ? [...unified, ...directories] : [...directories];
}

function noSuchFile(directories: readonly OpenDirectory[], file: string): CgroupError {
  const places = directories.map(({ path }) => path).join(", ");
  return new CgroupError("X_CGROUP_NO_CONTROLLER", `there is no ${file} in ${places}`, {
    field: "file",
  });
}
