import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { programs, run, type Program } from "./program.ts";
import { VmError } from "./vm-error.ts";

export type DebianArchitecture = "amd64" | "arm64";

/** Debian's packages for one architecture, whatever the architecture of this machine. */
export interface Apt {
  /** The one package that `name` depends on and whose name matches. Throws X_VM_BAD_PACKAGE. */
  dependencyOf(name: string, matching: RegExp): Promise<string>;
  /** Downloads a package and unpacks it below `target`; returns its version. */
  unpack(name: string, target: string): Promise<string>;
}

/**
 * Reads the package lists of the machine's own sources for `architecture`. Lists and downloads
 * live below `directory`, so neither root nor `dpkg --add-architecture` is needed and the
 * machine's own package state stays as it is. Source: apt.conf(5), apt-get(8).
 */
export async function openApt(
  directory: string,
  architecture: DebianArchitecture,
  signal?: AbortSignal,
): Promise<Apt> {
  for (const folder of ["lists/partial", "archives/partial", "debs"]) {
    mkdirSync(join(directory, folder), { recursive: true });
  }
  const debs = join(directory, "debs");
  const configuration = [
    `Dir::State=${directory}`,
    `Dir::State::lists=${join(directory, "lists")}`,
    "Dir::State::status=/dev/null",
    `Dir::Cache=${directory}`,
    `APT::Architecture=${architecture}`,
    `APT::Architectures=${architecture}`,
    // The downloads go to a folder that the user _apt need not be able to read.
    "APT::Sandbox::User=",
  ].flatMap((setting) => ["-o", setting]);
  const apt = (program: Program, ...args: string[]): Promise<string> =>
    run(program, [...configuration, ...args], { directory: debs, signal });

  await apt(programs.aptGet, "-q", "update").catch((error: unknown) => {
    // One unreachable source among several is no obstacle; without lists the next command fails.
    signal?.throwIfAborted();
    if (
      readdirSync(join(directory, "lists")).every(
        (name) => !name.endsWith("_Packages.lz4") && !name.endsWith("_Packages"),
      )
    ) {
      throw error;
    }
  });

  return {
    async dependencyOf(name, matching) {
      const output = await apt(programs.aptCache, "depends", "--important", name);
      const names = [...output.matchAll(/^ *\|?Depends: (\S+)$/gm)].map(([, found]) => found);
      const found = names.find((candidate) => candidate !== undefined && matching.test(candidate));
      if (found === undefined) {
        throw new VmError(
          "X_VM_BAD_PACKAGE",
          `${name} (${architecture}) depends on no package like ${matching}, only on: ${names.join(", ")}`,
        );
      }
      return found;
    },
    async unpack(name, target) {
      const before = new Set(readdirSync(debs));
      await apt(programs.aptGet, "-q", "download", name);
      const deb = readdirSync(debs).find((file) => !before.has(file));
      if (deb === undefined) {
        throw new VmError("X_VM_BAD_PACKAGE", `apt-get download ${name} left no file in ${debs}`);
      }
      const path = join(debs, deb);
      await run(programs.dpkgDeb, ["--extract", path, target], { signal });
      return (await run(programs.dpkgDeb, ["--field", path, "Version"], { signal })).trim();
    },
  };
}
