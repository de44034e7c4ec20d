import {
  BPF_CGROUP_DEVICE,
  BPF_F_ALLOW_MULTI,
  BPF_F_REPLACE,
  BPF_PROG_ATTACH,
  BPF_PROG_DETACH,
  layouts,
  SyscallError,
} from "@x/syscall";
import type { Descriptor } from "@x/syscall";
import type { DevicePrograms } from "../device-programs.ts";
import type { CgroupError } from "../error.ts";
import { kernelError } from "../group/kernel-error.ts";
import type { DeviceRule } from "../resources.ts";
import { attachedPrograms } from "./attached.ts";
import { bindRules, boundRules } from "./bound-rules.ts";
import { command } from "./command.ts";
import { openGroup } from "./group-descriptor.ts";
import { loadProgram } from "./load-program.ts";
import { deviceProgram } from "./program.ts";
import { rights } from "./rights.ts";

/**
 * Device rules of v2 groups, as `createCgroup` takes them in its options. All that is known of them is
 * in the kernel: another process, or this one after a restart, finds and replaces what is in force.
 *
 * As on v1, what no rule speaks of stays as the group above has it: begin with `{ allow: false }` to
 * allow nothing else. An empty list takes the rules away. Programs of others stay attached, and an
 * access needs the consent of all.
 *
 * `attach` throws `CgroupError`: `X_CGROUP_INVALID` with the field, `X_CGROUP_PERMISSION` without
 * `CAP_SYS_ADMIN`, `X_CGROUP_GONE`, `X_CGROUP_UNSUPPORTED` for a v1 group, `X_CGROUP_KERNEL` with
 * what the kernel or its verifier said. Source: bpf(2), Documentation/admin-guide/cgroup-v2.rst.
 */
export const devicePrograms: DevicePrograms = {
  attach(directory, rules) {
    const instructions = deviceProgram(rules);
    using group = openGroup(directory);
    if (rules.length === 0) return detachAll(group, directory);
    using program = loadProgram(instructions);
    say(`the device rules of ${directory} cannot be kept`, () => bindRules(program, rules));
    say(`device rules cannot be attached to ${directory}`, () => put(group, program));
  },

  rules(directory) {
    using group = openGroup(directory);
    const programs = look(group, directory);
    try {
      return say(`the device rules of ${directory} cannot be read`, () => newest(programs));
    } finally {
      for (const program of programs) program.close();
    }
  },
};

/** In one step there are the new rules where the old ones were: `BPF_F_REPLACE`. */
function put(group: Descriptor, program: Descriptor): void {
  for (let attempt = 1; ; attempt++) {
    const [old, ...more] = attachedPrograms(group.fd);
    try {
      command(BPF_PROG_ATTACH, layouts.bpf_prog_attach, {
        target_fd: group.fd,
        attach_bpf_fd: program.fd,
        attach_type: BPF_CGROUP_DEVICE,
        attach_flags: old === undefined ? BPF_F_ALLOW_MULTI : BPF_F_ALLOW_MULTI | BPF_F_REPLACE,
        replace_bpf_fd: old?.fd ?? 0,
      });
      // Two that attached their first rules at the same time.
      for (const other of more) detach(group, other);
      return;
    } catch (error) {
      const raced = old !== undefined && error instanceof SyscallError && error.code === "ENOENT";
      if (!raced || attempt === mostAttempts) throw error;
    } finally {
      for (const one of [old, ...more]) one?.close();
    }
  }
}

/** How often another process may have replaced the program meanwhile. */
const mostAttempts = 20;

function detachAll(group: Descriptor, directory: string): void {
  for (const program of look(group, directory)) {
    using old = program;
    say(`device rules cannot be taken off ${directory}`, () => detach(group, old));
  }
}

function detach(group: Descriptor, program: Descriptor): void {
  try {
    command(BPF_PROG_DETACH, layouts.bpf_prog_attach, {
      target_fd: group.fd,
      attach_bpf_fd: program.fd,
      attach_type: BPF_CGROUP_DEVICE,
    });
  } catch (error) {
    // Another process was faster.
    if (!(error instanceof SyscallError && error.code === "ENOENT")) throw error;
  }
}

function look(group: Descriptor, directory: string): Descriptor[] {
  return say(`the programs of ${directory} cannot be listed`, () => attachedPrograms(group.fd));
}

function newest(programs: readonly Descriptor[]): readonly DeviceRule[] | undefined {
  return programs.map(boundRules).findLast((rules) => rules !== undefined);
}

function say<T>(attempt: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    throw explained(attempt, error);
  }
}

function explained(attempt: string, error: SyscallError): CgroupError {
  return kernelError(attempt, error, "devices", remedies[error.code]);
}

const remedies: Readonly<Record<string, string>> = {
  EPERM: `${rights["EPERM"]}. With it: a program here or in a group above was attached without BPF_F_ALLOW_MULTI`,
  E2BIG: "A group takes 64 programs, those of others included",
};
