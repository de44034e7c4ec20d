import type { GuestResult } from "./lib/boot.ts";
import { main, numberOption, pairs } from "./lib/command-line.ts";
import { splitArguments } from "./lib/split-arguments.ts";
import { runX64 } from "./lib/x64.ts";

const usage = `x64 [options] [--] COMMAND [ARGUMENT…]

Runs a command as root under Debian's x86-64 kernel in QEMU: cgroup v2 alone, this machine's root
to be read, what is written there gone afterwards. Its exit status becomes ours; 124: timed out.

  --timeout SECONDS     from QEMU's start until the guest is killed (300)
  --cwd PATH            working directory (the repository)
  --env NAME=VALUE      environment; may be repeated
  --writable PATH=HERE  a folder of this machine to write to, at PATH in the guest; may be repeated
  --module NAME         kernel module to load at the start; may be repeated
  --cpus N              (2)
  --memory MIB          (4096)
  --console             show what the guest's kernel says, on standard error
`;

const options = {
  timeout: { type: "string" },
  cwd: { type: "string" },
  env: { type: "string", multiple: true },
  writable: { type: "string", multiple: true },
  module: { type: "string", multiple: true },
  cpus: { type: "string" },
  memory: { type: "string" },
  console: { type: "boolean" },
} as const;

await main({ usage, boot });

function boot(args: readonly string[], signal: AbortSignal): Promise<GuestResult> | undefined {
  const { values, rest } = splitArguments(args, options);
  const [command, ...itsArguments] = rest;
  if (command === undefined) {
    return undefined;
  }
  return runX64({
    command,
    args: itsArguments,
    cwd: values.cwd,
    writable: pairs("writable", "=", values.writable),
    env: pairs("env", "=", values.env),
    modules: values.module ?? [],
    cpus: numberOption("cpus", values.cpus),
    memoryMiB: numberOption("memory", values.memory),
    timeoutMs: 1000 * (numberOption("timeout", values.timeout) ?? 300),
    verbose: values.console,
    signal,
    stdout: process.stdout,
    stderr: process.stderr,
    console: values.console === true ? process.stderr : undefined,
  });
}
