/**
 * From a fresh clone to a running command, with Node and npm alone:
 *
 *     node tools/repo/bootstrap.mjs test|demo|check|build|bench [arguments]
 *
 * Brings the pinned pnpm, installs from the lock file, then runs `tools/repo/<command>.mjs`.
 * What it fetches, apart from pnpm's own store, stays in the git-ignored folder `.x`.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bringPnpm } from "./lib/pnpm.mjs";
import { windows } from "./lib/run.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const kept = join(root, ".x");
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

requireNode(20, 19);
const [command, ...rest] = process.argv.slice(2);
const program = join(root, "tools", "repo", `${command}.mjs`);
if (!command || !existsSync(program)) {
  stop(`bootstrap: no such command: ${command ?? "(none)"}`);
}
mkdirSync(kept, { recursive: true });
const env = environment();
const folders = [
  bringPnpm(packageManager.replace("pnpm@", ""), kept, env),
  join(root, "node_modules", ".bin"),
];
env.PATH = [...folders, env.PATH].filter(Boolean).join(delimiter);
install();
const { status, signal } = spawnSync(process.execPath, [program, ...rest], {
  cwd: root,
  env,
  stdio: "inherit",
});
if (signal) {
  process.kill(process.pid, signal);
}
process.exitCode = status ?? 1;

/**
 * The environment for everything below: no telemetry, a home that can be written, and none of the
 * settings npm hands to the scripts it runs (they would redirect the installs started from here).
 */
function environment() {
  const ofScripts =
    /^(npm_(command|package_|lifecycle_|config_(local_|global_)?prefix|config_user_agent)|INIT_CWD$|NODE_ENV$)/;
  const result = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !ofScripts.test(name)),
  );
  result.TURBO_TELEMETRY_DISABLED = "1";
  result.DO_NOT_TRACK = "1";
  if (!canWrite(homedir())) {
    result.HOME = join(kept, "home");
    mkdirSync(result.HOME, { recursive: true });
    console.error(`${homedir()} cannot be written: using ${result.HOME} as the home folder`);
  }
  return result;
}

function canWrite(folder) {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Shows the first install, which takes a while; says nothing of a later one unless it fails. */
function install() {
  const first = !existsSync(join(root, "node_modules"));
  const args = ["install", "--frozen-lockfile"];
  const { status, error, stdout, stderr } = spawnSync("pnpm", args, {
    cwd: root,
    // Without a terminal pnpm refuses to replace the node_modules of another version unless CI is set.
    env: { ...env, CI: "true" },
    stdio: ["ignore", first ? "inherit" : "pipe", first ? "inherit" : "pipe"],
    encoding: "utf8",
    shell: windows,
  });
  if (status !== 0) {
    process.stderr.write(`${stdout ?? ""}${stderr ?? ""}`);
    stop(`pnpm ${args.join(" ")} failed: ${error?.message ?? `exit status ${status}`}`);
  }
}

function requireNode(major, minor) {
  const [a, b] = process.versions.node.split(".").map(Number);
  if (a < major || (a === major && b < minor)) {
    stop(
      `x needs Node ${major}.${minor} or newer; this is ${process.version} (${process.execPath})`,
    );
  }
}

function stop(message) {
  console.error(message);
  process.exit(1);
}
