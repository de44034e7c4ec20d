import { execFileSync } from "node:child_process";
import { text } from "node:stream/consumers";
import { explain, type Launched } from "@x/plan";
import { planOf, start } from "./start.ts";
import type { Sandbox } from "./sandbox.ts";

/** What a process sees of the world, one `name=value` a line. */
const PROBE = `
echo "pid=$$"
echo "processes=$(ls -d /proc/[0-9]* | wc -l)"
echo "host name=$(hostname)"
echo "mounts=$(wc -l < /proc/self/mountinfo)"
echo "network devices=$(ls -m /sys/class/net)"
echo "user=$(id -un) ($(id -u))"
echo "capabilities=$(sed -n 's/^CapEff:[^0-9a-f]*//p' /proc/self/status)"
echo "files in /=$(ls -m / | tr -d '\\n')"
echo "files in /root=$(ls -A /root 2>/dev/null | wc -l)"
`;
const SHOWN_LINES = 24;
const COLUMN = 38;

/** Runs one container on this machine's programs and shows it from both sides. */
export async function demo(): Promise<void> {
  const sandbox: Sandbox = { root: "host", args: ["sh", "-c", PROBE] };
  const outside = parse(execFileSync("sh", ["-c", PROBE], { encoding: "utf8" }));
  const begin = performance.now();
  await using container: Launched = await start(sandbox, { stdio: ["ignore", "pipe", "inherit"] });
  const launched = performance.now() - begin;
  const inside = parse(await text(container.stdout!));
  const exit = await container.exited;
  const ended = performance.now() - begin;

  print("A container is a process that sees its own world:\n");
  row("", "outside", "inside");
  for (const [name, value] of outside) row(name, value, inside.get(name) ?? "");
  row("as the host counts", `pid ${process.pid}`, `pid ${container.pid}`);
  print(`\nStarted in ${launched.toFixed(1)} ms, ended after ${ended.toFixed(1)} ms`);
  print(`(the first launch: it loads and warms up everything), exit status ${exit.code}.\n`);

  const lines = explain(planOf(sandbox)).split("\n");
  print(`It is this list of ${lines.length - 1} system calls (npx x explain host -- sh):\n`);
  for (const line of lines.slice(0, SHOWN_LINES)) print(cut(line, 116));
  print("   …");
  if (exit.code !== 0) process.exitCode = 1;
}

function parse(output: string): Map<string, string> {
  const lines = output.trim().split("\n");
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

function row(name: string, outside: string, inside: string): void {
  print(`  ${name.padEnd(20)}${cut(outside, COLUMN - 2).padEnd(COLUMN)}${cut(inside, COLUMN)}`);
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
