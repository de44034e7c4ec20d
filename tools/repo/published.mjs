/**
 * What would be published, checked as its users get it: packs every public package, reads the
 * manifests, lints the tarballs, then installs them all in an empty folder with npm and imports
 * each export there. Run by `npm run check`.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mustRun, root } from "./lib/run.mjs";

mustRun("turbo", ["run", "build", "--output-logs=errors-only"]);
const temporary = mkdtempSync(join(tmpdir(), "x-published-"));
const tarballs = join(temporary, "tarballs");
const user = join(temporary, "user");
const problems = [];

try {
  mkdirSync(tarballs);
  mkdirSync(user);
  const packages = publicPackages();
  for (const { folder } of packages) {
    expectSuccess("pnpm", ["--dir", folder, "pack", "--pack-destination", tarballs]);
  }
  for (const file of readdirSync(tarballs)) {
    expectSuccess("publint", ["run", "--strict", join(tarballs, file)]);
    expectSuccess("attw", [join(tarballs, file), "--profile=esm-only", "--format=ascii"]);
  }
  installAsUser();
  packages.forEach(({ name }) => checkInstalled(name));
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
for (const problem of problems) {
  console.error(`published: ${problem}`);
}
process.exitCode = problems.length === 0 ? 0 : 1;

function publicPackages() {
  const folders = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name));
  return folders
    .map((folder) => ({ folder, ...manifest(folder) }))
    .filter((found) => found.private !== true);
}

function installAsUser() {
  writeFileSync(join(user, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const files = readdirSync(tarballs).map((file) => join(tarballs, file));
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  expectSuccess("npm", ["install", ...quiet, ...files], { cwd: user });
}

/** The installed package says nothing of this workspace, and each of its doors opens. */
function checkInstalled(name) {
  const folder = join(user, "node_modules", name);
  const { exports, bin = {}, dependencies = {} } = manifest(folder);
  const text = JSON.stringify({ exports, dependencies });
  for (const trace of ["workspace:", "catalog:", '"source"', '.ts"']) {
    if (text.replaceAll(".d.ts", "").includes(trace)) {
      problems.push(`${name}: its manifest holds ${trace}`);
    }
  }
  for (const path of Object.keys(exports).filter((path) => !path.endsWith(".json"))) {
    const specifier = path.replace(/^\./, name);
    expectSuccess("node", ["--input-type=module", "--eval", `await import("${specifier}")`], {
      cwd: user,
    });
  }
  for (const command of Object.keys(bin)) {
    const path = join(user, "node_modules", ".bin", command);
    expectSuccess(path, ["--help"], { cwd: user });
  }
}

function manifest(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

function expectSuccess(file, args, options) {
  const { status, error, stdout, stderr } = spawnSync(file, args, { encoding: "utf8", ...options });
  if (status !== 0) {
    console.error(`${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}`);
    problems.push(
      `${[file, ...args].join(" ").replaceAll(temporary, "…")} ended with status ${status}`,
    );
  }
}
