import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { windows } from "./run.mjs";

/**
 * The folder that holds this version of pnpm, fetched with npm on first use.
 * Empty when PATH has that version already. Throws when npm cannot fetch it.
 */
export function bringPnpm(version, kept, env) {
  if (versionOnPath(env) === version) {
    return "";
  }
  const target = join(kept, `pnpm-${version}`);
  if (!existsSync(target)) {
    console.error(`fetching pnpm ${version} (once)`);
    fetchPnpm(version, target, join(kept, "npm"), env);
  }
  return join(target, "node_modules", ".bin");
}

function versionOnPath(env) {
  // Asked outside the repository: inside, older versions would fetch the pinned one themselves.
  const { stdout } = spawnSync("pnpm", ["--version"], {
    cwd: tmpdir(),
    env,
    encoding: "utf8",
    shell: windows,
  });
  return stdout?.trim();
}

/** Installs beside and renames: an interrupted or a second bootstrap never sees half of it. */
function fetchPnpm(version, target, cache, env) {
  const partial = `${target}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    const place = ["--prefix", partial, "--cache", cache, "--no-save", "--no-package-lock"];
    const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"];
    npm(["install", `pnpm@${version}`, ...place, ...quiet], env);
    // The script that puts the native program in its place. npm may be set to run no scripts at all.
    mustSucceed(process.execPath, [join(partial, "node_modules", "pnpm", "install.js")], { env });
    if (!existsSync(target)) {
      renameSync(partial, target);
    }
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function npm(args, env) {
  // The npm that started us, when there is one: it need not be the first of PATH.
  const started = process.env.npm_execpath ?? "";
  if (started.endsWith("npm-cli.js")) {
    mustSucceed(process.execPath, [started, ...args], { env });
  } else {
    mustSucceed("npm", args, { env, shell: windows });
  }
}

function mustSucceed(file, args, options) {
  const stdio = ["ignore", "ignore", "inherit"];
  const { status, error } = spawnSync(file, args, { stdio, ...options });
  if (status !== 0) {
    const reason = error?.message ?? `exit status ${status}`;
    throw new Error(`${file} ${args.join(" ")} failed: ${reason}`);
  }
}
