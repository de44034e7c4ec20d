import { commands } from "./commands.ts";

/** The text of `x --help`, or of `x COMMAND --help`. */
export function help(command?: string): string {
  return command === undefined ? overview() : helpOf(command);
}

function overview(): string {
  const list = Object.entries(commands).map(
    ([name, { help: text }]) => `  ${name.padEnd(14)}${text}\n`,
  );
  return [
    "Usage: x COMMAND [OPTIONS] …\n\n",
    ...list,
    "\nx COMMAND --help shows the options of a command.\n",
    "\nROOT is host (this machine's programs, nothing else of it), dir:PATH, or an image.\n",
    "Images are in the store: $X_STORE, /var/lib/x for root, ~/.local/share/x for others.\n",
  ].join("");
}

function helpOf(command: string): string {
  const { usage, help: text, options } = commands[command]!;
  const rows = Object.entries(options).map(([name, { short, value, help: what }]) => {
    const left = `  ${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
    return `${left.padEnd(43)}${what}\n`;
  });
  return [
    `Usage: x ${command} ${usage}\n\n${text}\n`,
    "\n",
    ...rows,
    `${"  -h, --help".padEnd(43)}show this\n`,
  ].join("");
}
