/**
 * Whether an output is the expected one. `…` in it stands for anything within a line, and alone on a
 * line for any lines at all. Spaces at the end of a line do not count.
 */
export function prints(output: string, expected: string): boolean {
  const lines = trimmed(expected).split("\n").map(lineSource);
  return new RegExp(`^${lines.join("")}$`).test(`${trimmed(output)}\n`);
}

function lineSource(line: string): string {
  return line.trim() === "…" ? "(?:.*\n)*?" : `${line.split("…").map(escape).join(".*")}\n`;
}

function escape(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&");
}

function trimmed(text: string): string {
  return text.trimEnd().replace(/[ \t]+$/gm, "");
}
