import { spawn } from "node:child_process";

/** Runs a command on a terminal of 100 columns and 30 rows of its own. Source: script(1). */
export async function onTerminal(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly status: number | null; readonly text: string }> {
  const line = ["stty cols 100 rows 30;", "exec", ...command.map(quoted)].join(" ");
  const child = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { status, text };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
