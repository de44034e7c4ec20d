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
  const quiet = [
    "--no-save",
    "--no-package-lock",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
  ];
  mkdirSync(partial, { recursive: true });
  try {
    npm(
      [
        "install",
        `pnpm@${version}`,
        "--prefix",
        partial,
        "--cache",
        cache,
        "--ignore-scripts",
        ...quiet,
      ],
      env,
    );
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
  const [file, ...first] = started.endsWith("npm-cli.js") ? [process.execPath, started] : ["npm"];
  const { status, error } = spawnSync(file, [...first, ...args], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
    shell: windows && file === "npm",
  });
  if (status !== 0) {
    throw new Error(`npm ${args.join(" ")} failed: ${error?.message ?? `exit status ${status}`}`);
  }
}
