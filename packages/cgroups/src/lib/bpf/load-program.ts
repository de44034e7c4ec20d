import {
  BPF_CGROUP_DEVICE,
  BPF_PROG_LOAD,
  BPF_PROG_TYPE_CGROUP_DEVICE,
  Descriptor,
  layouts,
  SyscallError,
} from "@x/syscall";
import { CgroupError } from "../error.ts";
import { kernelError } from "../group/kernel-error.ts";
import { command, textAt } from "./command.ts";
import { encode } from "./instruction.ts";
import type { Instruction } from "./instruction.ts";
import { rights } from "./rights.ts";

/** The name by which our programs are known among others, also to `bpftool prog`. */
export const programName = "x_devices";

const attempt = "device rules cannot be loaded into the kernel";

/**
 * Loads a program for devices; it lives as long as the descriptor, or as it is attached.
 *
 * @throws CgroupError `X_CGROUP_PERMISSION`, or `X_CGROUP_KERNEL` with the words of the verifier.
 */
export function loadProgram(
  instructions: readonly Instruction[],
  name: string = programName,
): Descriptor {
  try {
    return new Descriptor(load(instructions, name));
  } catch (cause) {
    if (!(cause instanceof SyscallError)) throw cause;
    const said = rejected.has(cause.code) ? verifierLog(instructions) : "";
    if (said === "") throw kernelError(attempt, cause, "devices", rights[cause.code]);
    throw new CgroupError(
      "X_CGROUP_KERNEL",
      `${attempt}: the verifier refused the program (${cause.code}, ${-cause.errno}): ${said}`,
      { field: "devices", cause },
    );
  }
}

/** How the verifier says no; other errors have nothing to do with the program itself. */
const rejected: ReadonlySet<string> = new Set(["EINVAL", "EACCES", "E2BIG", "EFAULT", "ENOSPC"]);

/** Loads it again for the log, which slows the verifier down and is of no use if all is well. */
function verifierLog(instructions: readonly Instruction[]): string {
  const log = new Uint8Array(logBytes);
  try {
    new Descriptor(load(instructions, programName, log)).close();
  } catch (error) {
    // The same again, or ENOSPC when the log was cut off.
    if (!(error instanceof SyscallError)) throw error;
  }
  const lines = textAt(log, 0).trim().split("\n");
  return lines.slice(-shownLines).join("; ");
}

const logBytes = 1024 * 1024;
/** The last lines say what is wrong; those before, how the verifier came there. */
const shownLines = 4;

function load(instructions: readonly Instruction[], name: string, log?: Uint8Array): number {
  return command(BPF_PROG_LOAD, layouts.bpf_prog_load, {
    prog_type: BPF_PROG_TYPE_CGROUP_DEVICE,
    expected_attach_type: BPF_CGROUP_DEVICE,
    insn_cnt: instructions.length,
    insns: encode(instructions),
    license: Buffer.from("MIT\0"),
    prog_name: name,
    ...(log === undefined ? {} : { log_level: 1, log_size: log.length, log_buf: log }),
  });
}
