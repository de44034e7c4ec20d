import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { NamespaceError } from "./error.ts";
import type { IdMapping } from "./id-map.ts";

/** Where a system keeps its setuid programs; `PATH` has no say in what is run as root. */
const folders = ["/usr/bin", "/bin", "/usr/local/bin", "/run/wrappers/bin"];

/**
 * Has `newuidmap` or `newgidmap` write the map of a process: they may give a user the ranges of
 * `/etc/subuid` and `/etc/subgid`. Source: newuidmap(1).
 *
 * Rejects with `NamespaceError` (`X_NAMESPACE_HELPER`) when the program is missing or refuses.
 */
export async function writeByHelper(
  side: "uid" | "gid",
  pid: number,
  mappings: readonly IdMapping[],
  signal?: AbortSignal,
): Promise<void> {
  const name = `new${side}map`;
  const field = `${side}Mappings`;
  const file = folders.map((folder) => `${folder}/${name}`).find(isExecutable);
  if (file === undefined) {
    throw new NamespaceError("X_NAMESPACE_HELPER", `there is no ${name} in ${folders.join(", ")}`, {
      field,
      hint: "It comes with the package uidmap (Debian, Ubuntu) or shadow-utils (Fedora)",
    });
  }
  const numbers = mappings.flatMap(({ containerID, hostID, size }) => [containerID, hostID, size]);
  await run(file, [pid, ...numbers].map(String), field, signal);
}

function run(file: string, args: string[], field: string, signal?: AbortSignal): Promise<void> {
  const options = {
    env: {},
    encoding: "utf8",
    ...(signal === undefined ? {} : { signal }),
  } as const;
  return new Promise((resolve, reject) => {
    execFile(file, args, options, (error, _, stderr) => {
      if (error === null) return resolve();
      if (error.name === "AbortError") return reject(error);
      const said = stderr.trim() === "" ? error.message : stderr.trim();
      const whose = field === "uidMappings" ? "/etc/subuid" : "/etc/subgid";
      reject(
        new NamespaceError("X_NAMESPACE_HELPER", `${file} has refused: ${said}`, {
          field,
          hint: `${whose} has to give the ids outside to this user`,
          cause: error,
        }),
      );
    });
  });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
