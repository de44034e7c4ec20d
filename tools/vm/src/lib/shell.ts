import { VmError } from "./vm-error.ts";

/** A line that calls `command` with `args` as they are. Throws X_VM_BAD_OPTION for a NUL. */
export function commandLine(command: string, ...args: readonly string[]): string {
  return `${[command, ...args.map(quote)].join(" ")}\n`;
}

/** One word of a POSIX shell, whatever `text` holds. */
function quote(text: string): string {
  if (text.includes("\0")) {
    throw new VmError(
      "X_VM_BAD_OPTION",
      `a guest's command cannot hold a NUL: ${JSON.stringify(text)}`,
    );
  }
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
