import {
  BPF_CGROUP_DEVICE,
  BPF_PROG_GET_FD_BY_ID,
  BPF_PROG_QUERY,
  Descriptor,
  layouts,
  readField,
  SyscallError,
} from "@x/syscall";
import { command } from "./command.ts";
import { programName } from "./load-program.ts";
import { programInfo } from "./object-info.ts";

/** The programs of ours that are attached to a group itself, in their order. Throws SyscallError. */
export function attachedPrograms(group: number): Descriptor[] {
  return programIds(group).flatMap((id) => {
    const program = openProgram(id);
    if (program === undefined) return [];
    if (programInfo(program.fd).name === programName) return [program];
    program.close();
    return [];
  });
}

/** The ids of all programs for devices that are attached to a group, whoever attached them. */
function programIds(group: number): number[] {
  const ids = new Uint32Array(mostPrograms);
  const room = new Uint8Array(ids.buffer);
  const layout = layouts.bpf_prog_query;
  const attr = new Uint8Array(layout.bytes);
  const question = { target_fd: group, attach_type: BPF_CGROUP_DEVICE };
  command(BPF_PROG_QUERY, layout, { ...question, prog_ids: room, prog_cnt: ids.length }, attr);
  return [...ids.subarray(0, Number(readField(layout, "prog_cnt", attr)))];
}

/** `BPF_CGROUP_MAX_PROGS` of kernel/bpf/cgroup.c. */
const mostPrograms = 64;

/** Undefined when it was detached meanwhile. */
function openProgram(id: number): Descriptor | undefined {
  try {
    return new Descriptor(command(BPF_PROG_GET_FD_BY_ID, layouts.bpf_get_id, { id }));
  } catch (error) {
    if (error instanceof SyscallError && error.code === "ENOENT") return undefined;
    throw error;
  }
}
