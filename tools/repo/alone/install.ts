import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const quiet = ["--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/**
 * Packs a package of this repository as it is built, and installs the tarball alone into an empty
 * project that anybody may read, without a network. Returns the project's folder, which is the
 * caller's to remove.
 */
export function installAlone(folder: string): string {
  const project = mkdtempSync(join(tmpdir(), "x-alone-"));
  chmodSync(project, 0o755);
  const tarballs = join(project, "tarballs");
  mkdirSync(tarballs);
  mustSucceed("pnpm", ["--dir", folder, "pack", "--pack-destination", tarballs], folder);
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const files = readdirSync(tarballs).map((name) => join(tarballs, name));
  mustSucceed("npm", ["install", ...quiet, ...files], project);
  return project;
}

function mustSucceed(file: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd, encoding: "utf8" });
  if (status === 0) return;
  throw new Error(`${file} ${args.join(" ")} failed: ${error?.message ?? `${stdout}${stderr}`}`);
}
