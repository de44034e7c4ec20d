import { runArm64 } from "./lib/arm64.ts";
import type { GuestResult } from "./lib/boot.ts";
import { main, numberOption, pairs } from "./lib/command-line.ts";
import { splitArguments } from "./lib/split-arguments.ts";

const usage = `arm64 [options] LAUNCHER [ARGUMENT…]
arm64 [options] --sh SCRIPT [ARGUMENT…]

Runs a static arm64 executable of this machine, or a script for busybox's shell, as root under
Debian's arm64 kernel in QEMU, on a root of busybox alone. Its exit status becomes ours; 124: timed
out.

  --timeout SECONDS     from QEMU's start until the guest is killed (300)
  --file PATH=HERE      a file of this machine, at PATH in the guest; may be repeated
  --cwd PATH            working directory in the guest (/)
  --env NAME=VALUE      environment; may be repeated
  --module NAME         kernel module to load at the start; may be repeated
  --cpus N              (1)
  --memory MIB          (512)
  --console             show what the guest's kernel says, on standard error
`;

const options = {
  timeout: { type: "string" },
  sh: { type: "string" },
  file: { type: "string", multiple: true },
  cwd: { type: "string" },
  env: { type: "string", multiple: true },
  module: { type: "string", multiple: true },
  cpus: { type: "string" },
  memory: { type: "string" },
  console: { type: "boolean" },
} as const;

await main({ usage, boot });

function boot(args: readonly string[], signal: AbortSignal): Promise<GuestResult> | undefined {
  const { values, rest } = splitArguments(args, options);
  const [launcher, ...itsArguments] = rest;
  const files = pairs("file", "=", values.file);
  if (values.sh === undefined && launcher === undefined) {
    return undefined;
  }
  return runArm64({
    ...(values.sh === undefined && launcher !== undefined
      ? { command: ["/launcher", ...itsArguments], files: { ...files, "/launcher": launcher } }
      : { command: ["sh", "-c", values.sh ?? "", "sh", ...rest], files }),
    cwd: values.cwd,
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
