import { spawn, type ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { anonymousFile } from "./anonymous-file.ts";
import { collect, type Collected } from "./collect.ts";
import { descriptors, type Machine } from "./machine.ts";
import { programs, requireProgram } from "./program.ts";
import { VmError } from "./vm-error.ts";

export interface BootOptions {
  /** Milliseconds from the start of QEMU until the guest is killed. Default: 300,000. */
  timeoutMs?: number | undefined;
  /** Kills the guest; the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Also written as it comes. */
  stdout?: Writable | undefined;
  stderr?: Writable | undefined;
  /** What the guest's kernel says. */
  console?: Writable | undefined;
}

/** How a command in a guest ended. */
export interface GuestResult {
  /** 128 and the signal's number for a command killed by a signal; null when it timed out. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
  /** Both, in the order of their arrival. */
  output: string;
  timedOut: boolean;
  /** Milliseconds from the start of QEMU to the start of the command; null when it never started. */
  bootMs: number | null;
  /** Milliseconds from the start of QEMU to the end of the guest. */
  durationMs: number;
}

/**
 * Boots a machine and waits for its command to end. The guest cannot outlive this call, nor the
 * thread that made it. Throws X_VM_MISSING_PROGRAM, and X_VM_GUEST_DIED with the console's last
 * lines when the guest ends before its command.
 */
export async function boot(
  machine: Machine,
  initramfs: Uint8Array,
  options: BootOptions = {},
): Promise<GuestResult> {
  const { timeoutMs = 300_000, signal } = options;
  signal?.throwIfAborted();
  const started = performance.now();
  const child = start(machine, initramfs);
  const kill = (): void => void child.kill("SIGKILL");
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, timeoutMs);
  signal?.addEventListener("abort", kill, { once: true });

  // Node's types know five descriptors of a child; it has as many as it was given.
  const streams: readonly unknown[] = child.stdio;
  const channel = (name: keyof typeof descriptors): Readable =>
    streams[descriptors[name]] as Readable;
  const output = collect([channel("stdout"), options.stdout], [channel("stderr"), options.stderr]);
  const console = collect([channel("console"), options.console]);
  const complaints = collect([child.stdout as Readable], [child.stderr as Readable]);
  let bootMs: number | null = null;
  let exitCode: number | null = null;
  onLine(channel("status"), (line) => {
    if (line === "started") {
      bootMs = performance.now() - started;
    } else if (line.startsWith("exit ")) {
      exitCode = Number(line.slice("exit ".length));
      // The guest wrote this after the host had taken all its output: nothing is left to wait for.
      kill();
    }
  });

  try {
    await closed(child);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", kill);
  }
  if (exitCode === null) {
    signal?.throwIfAborted();
    if (!timedOut) {
      throw died(machine, child, console, complaints);
    }
  }
  return {
    exitCode,
    stdout: output.text(0),
    stderr: output.text(1),
    output: output.text(),
    timedOut: exitCode === null,
    bootMs,
    durationMs: performance.now() - started,
  };
}

function start(machine: Machine, initramfs: Uint8Array): ChildProcess {
  const setpriv = requireProgram(programs.setpriv);
  const qemu = requireProgram(machine.program);
  using initrd = anonymousFile(initramfs);
  return spawn(setpriv, ["--pdeathsig", "KILL", qemu, ...machine.args], {
    // A Ctrl-C is for this process, which then ends the guest in its own way.
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe", "pipe", "pipe", initrd.fd],
  });
}

function closed(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  });
}

function onLine(stream: Readable, receive: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8").on("data", (text: string) => {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(receive);
  });
}

function died(
  machine: Machine,
  child: ChildProcess,
  console: Collected,
  complaints: Collected,
): VmError {
  const last = `${complaints.text()}${console.text()}`.trim().split(/\r?\n/).slice(-20);
  return new VmError(
    "X_VM_GUEST_DIED",
    `${machine.program.name} ended (${child.exitCode ?? child.signalCode}) before the guest's command did; last words:\n${last.join("\n")}`,
  );
}
