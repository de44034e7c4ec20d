/**
 * A pattern for what a block prints: `…` stands for anything within a line, and alone on a line for
 * any lines at all. Spaces at the end of a line do not count.
 */
export function printed(expected: string): RegExp {
  const lines = trimmed(expected).split("\n");
  const source = lines.map((line) =>
    line.trim() === "…" ? "(?:.*\n)*?" : `${lineSource(line)}\n`,
  );
  return new RegExp(`^${source.join("")}$`);
}

/** Whether an output is the expected one, as {@link printed} reads it. */
export function prints(output: string, expected: string): boolean {
  return printed(expected).test(`${trimmed(output)}\n`);
}

function lineSource(line: string): string {
  return line.split("…").map(escape).join(".*");
}

function escape(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&");
}

function trimmed(text: string): string {
  return text.trimEnd().replace(/[ \t]+$/gm, "");
}
