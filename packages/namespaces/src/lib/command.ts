import { exec, type Exec } from "@x/plan";
import { NamespaceError } from "./error.ts";

/** A program and its arguments. A name without a slash is looked up in the PATH of `env`. */
export type Command = readonly string[];

/** Where a program is looked for when `env` has no PATH: execvp(3), plus what only root uses. */
export const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The environment of a command. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The step that becomes the command: looked up by the launcher where the command is to run, never
 * here. Throws `NamespaceError` (`X_NAMESPACE_INVALID`) with the `field`, `command[1]`.
 */
export function commandStep(command: Command, env: Environment): Exec {
  const [file] = command;
  if (file === undefined || file === "") fail("command[0]", "there is no program to run");
  command.forEach((word, i) => refuseNul(word, `command[${i}]`));
  return exec(candidates(file, env["PATH"] ?? DEFAULT_PATH), command, environment(env), {
    why: "and the command is in them",
    field: "command[0]",
  });
}

/** `file` itself when it is a path; else one candidate for each folder, as execvp(3) tries them. */
function candidates(file: string, path: string): string[] {
  if (file.includes("/")) return [file];
  return path.split(":").map((folder) => `${folder === "" ? "." : folder}/${file}`);
}

function environment(env: Environment): string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const field = `env[${JSON.stringify(name)}]`;
    if (name === "" || name.includes("=")) fail(field, "a name is not empty and has no =");
    refuseNul(name, field);
    refuseNul(value, field);
    return [`${name}=${value}`];
  });
}

function refuseNul(word: string, field: string): void {
  if (word.includes("\0")) fail(field, "a NUL byte would end it for the kernel");
}

function fail(field: string, message: string): never {
  throw new NamespaceError("X_NAMESPACE_INVALID", message, { field });
}
