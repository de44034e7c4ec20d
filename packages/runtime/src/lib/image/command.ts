import type { ExecutionConfig } from "@x/image";
import { SandboxError } from "../error.ts";

/** What a command line or a caller says about the command of an image's container. */
export interface CommandOverrides {
  /** Instead of the image's `Cmd`; behind its `Entrypoint`. */
  readonly args?: readonly string[];
  /** Instead of the image's `Entrypoint`; its `Cmd` is then left out as well. */
  readonly entrypoint?: readonly string[];
}

/**
 * The command of a container: the entrypoint, then `args` or the image's `Cmd`. Throws
 * `SandboxError` when nothing is left to run. Source: OCI config.md, `Entrypoint` and `Cmd`.
 */
export function commandOf(config: ExecutionConfig, overrides: CommandOverrides): string[] {
  const { Entrypoint = [], Cmd = [] } = config;
  const { args, entrypoint } = overrides;
  const begin = entrypoint ?? Entrypoint ?? [];
  const rest = args ?? (entrypoint === undefined ? (Cmd ?? []) : []);
  const command = [...begin, ...rest];
  if (command.length === 0 || command[0] === "") {
    throw new SandboxError("args", "the image names no command of its own; say what is to run");
  }
  return command;
}

/** `NAME=value` entries of an image and then those of the caller. Entries without a name are left out. */
export function environmentOf(
  config: ExecutionConfig,
  home: string,
  env: readonly string[] = [],
): string[] {
  return [`HOME=${home}`, ...(config.Env ?? []).filter((entry) => entry.indexOf("=") > 0), ...env];
}
