import { commandLine } from "./shell.ts";
import { VmError } from "./vm-error.ts";

/** What a guest runs, as root. */
export interface GuestCommand {
  argv: readonly [string, ...string[]];
  directory: string;
  env: Readonly<Record<string, string>>;
}

/**
 * The script that becomes the command: it changes the directory and gives way to `env`, the path of
 * env(1) in the guest, which starts the command with nothing but the environment asked for.
 * Throws X_VM_BAD_OPTION.
 */
export function commandScript(command: GuestCommand, env: string): string {
  const entries = Object.entries(command.env).map(([name, value]) => {
    if (name === "" || name.includes("=")) {
      throw new VmError(
        "X_VM_BAD_OPTION",
        `no name of an environment variable: ${JSON.stringify(name)}`,
      );
    }
    return `${name}=${value}`;
  });
  const [file] = command.argv;
  if (file.includes("=") || file.startsWith("-")) {
    throw new VmError("X_VM_BAD_OPTION", `env(1) would not run a command of this name: ${file}`);
  }
  return (
    commandLine("cd", command.directory).replace("\n", " || exit 125\n") +
    commandLine("exec", env, "-i", ...entries, ...command.argv)
  );
}
