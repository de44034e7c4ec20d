import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const packages = join(import.meta.dirname, "..", "..", "..", "packages");

/**
 * Packs packages of this repository as they are built and puts the tarballs' content into a new
 * project, as an installation would; what they need of others is linked to what is installed here.
 * Returns the project's folder, which is the caller's to remove.
 */
export function installPacked(names: readonly string[]): string {
  const project = mkdtempSync(join(tmpdir(), "x-packed-"));
  const modules = join(project, "node_modules");
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  for (const name of names) {
    const folder = join(packages, name);
    const tarballs = join(project, "tarballs", name);
    const target = join(modules, "@x", name);
    for (const directory of [tarballs, target]) mkdirSync(directory, { recursive: true });
    run("pnpm", ["--dir", folder, "pack", "--pack-destination", tarballs]);
    const [tarball = ""] = readdirSync(tarballs);
    run("tar", ["-xzf", join(tarballs, tarball), "-C", target, "--strip-components=1"]);
    for (const needed of foreign(join(folder, "node_modules"))) {
      const link = join(target, "node_modules", needed);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(folder, "node_modules", needed), link);
    }
  }
  return project;
}

/** What is installed for a package and is not of this repository. */
function foreign(modules: string): string[] {
  return readdirSync(modules).filter((name) => !name.startsWith(".") && !name.startsWith("@"));
}

function run(file: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: "utf8" });
  if (status === 0) return;
  throw new Error(`${file} ${args.join(" ")} failed: ${error?.message ?? `${stdout}${stderr}`}`);
}
