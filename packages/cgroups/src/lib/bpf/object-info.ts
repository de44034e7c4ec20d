import { addressOf, BPF_OBJ_GET_INFO_BY_FD, layouts, pack, readField } from "@x/syscall";
import { command, textAt } from "./command.ts";

/** What the kernel tells of a program. */
export interface ProgramInfo {
  readonly name: string;
  /** The maps that live as long as the program does. */
  readonly maps: readonly number[];
}

/** Asks about the program behind a descriptor. Throws SyscallError. */
export function programInfo(fd: number): ProgramInfo {
  const layout = layouts.bpf_prog_info;
  const ids = new Uint32Array(mostMaps);
  const room = new Uint8Array(ids.buffer);
  const info = pack(layout, { nr_map_ids: ids.length, map_ids: addressOf(room) });
  command(BPF_OBJ_GET_INFO_BY_FD, layouts.bpf_info, { bpf_fd: fd, info_len: info.length, info });
  const count = Number(readField(layout, "nr_map_ids", info));
  return { name: textAt(info, offsetOf("bpf_prog_info")), maps: [...ids.subarray(0, count)] };
}

/** A program of ours has one. */
const mostMaps = 8;

/** What the kernel tells of a map. */
export interface MapInfo {
  readonly name: string;
  /** Bytes. */
  readonly valueSize: number;
}

/** Asks about the map behind a descriptor. Throws SyscallError. */
export function mapInfo(fd: number): MapInfo {
  const layout = layouts.bpf_map_info;
  const info = new Uint8Array(layout.bytes);
  command(BPF_OBJ_GET_INFO_BY_FD, layouts.bpf_info, { bpf_fd: fd, info_len: info.length, info });
  return {
    name: textAt(info, offsetOf("bpf_map_info")),
    valueSize: Number(readField(layout, "value_size", info)),
  };
}

function offsetOf(layout: "bpf_prog_info" | "bpf_map_info"): number {
  return layouts[layout].fields["name"]?.offset ?? 0;
}
