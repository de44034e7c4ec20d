import { layout } from "../struct-layout.ts";
import type { StructLayout } from "../struct-layout.ts";

/** Commands of `bpf(2)` (the parts of `union bpf_attr`) and what they answer. */
export type BpfLayoutName =
  | "bpf_get_id"
  | "bpf_info"
  | "bpf_insn"
  | "bpf_map_create"
  | "bpf_map_elem"
  | "bpf_map_info"
  | "bpf_prog_attach"
  | "bpf_prog_bind_map"
  | "bpf_prog_info"
  | "bpf_prog_load"
  | "bpf_prog_query";

/** eBPF: `bpf(2)`. A struct that grows with the kernel has its first part here. */
export const bpf: Readonly<Record<BpfLayoutName, StructLayout>> = {
  /** `bpf(2)`: `BPF_PROG_GET_FD_BY_ID`, `BPF_MAP_GET_FD_BY_ID` */
  bpf_get_id: layout("bpf_get_id", [
    ["id", 4],
    ["next_id", 4],
    ["open_flags", 4],
  ]),
  /** `bpf(2)`: `BPF_OBJ_GET_INFO_BY_FD` */
  bpf_info: layout("bpf_info", [
    ["bpf_fd", 4],
    ["info_len", 4],
    ["info", 8],
  ]),
  /** One instruction of eBPF; the destination's register is the lower half of `registers`. */
  bpf_insn: layout("bpf_insn", [
    ["code", 1],
    ["registers", 1],
    ["off", 2],
    ["imm", 4],
  ]),
  /** `bpf(2)`: `BPF_MAP_CREATE`; the name is 16 bytes of text. */
  bpf_map_create: layout("bpf_map_create", [
    ["map_type", 4, "bpf_map_type"],
    ["key_size", 4],
    ["value_size", 4],
    ["max_entries", 4],
    ["map_flags", 4],
    ["inner_map_fd", 4],
    ["numa_node", 4],
    ["map_name", 4],
    ["map_name4", 4],
    ["map_name8", 4],
    ["map_name12", 4],
  ]),
  /** `bpf(2)`: `BPF_MAP_LOOKUP_ELEM`, `BPF_MAP_UPDATE_ELEM`, and `BPF_MAP_FREEZE` */
  bpf_map_elem: layout("bpf_map_elem", [
    ["map_fd", 4],
    ["key", 8],
    ["value", 8],
    ["flags", 8],
  ]),
  /** What `BPF_OBJ_GET_INFO_BY_FD` says of a map, its first part: `bpf(2)` */
  bpf_map_info: layout("bpf_map_info", [
    ["type", 4, "bpf_map_type"],
    ["id", 4],
    ["key_size", 4],
    ["value_size", 4],
    ["max_entries", 4],
    ["map_flags", 4],
    ["name", 8],
    ["name8", 8],
  ]),
  /** `bpf(2)`: `BPF_PROG_ATTACH`, `BPF_PROG_DETACH` */
  bpf_prog_attach: layout("bpf_prog_attach", [
    ["target_fd", 4],
    ["attach_bpf_fd", 4],
    ["attach_type", 4, "bpf_attach_type"],
    ["attach_flags", 4, "bpf_attach"],
    ["replace_bpf_fd", 4],
  ]),
  /** `bpf(2)`: `BPF_PROG_BIND_MAP` */
  bpf_prog_bind_map: layout("bpf_prog_bind_map", [
    ["prog_fd", 4],
    ["map_fd", 4],
    ["flags", 4],
  ]),
  /** What `BPF_OBJ_GET_INFO_BY_FD` says of a program, its first part: `bpf(2)` */
  bpf_prog_info: layout("bpf_prog_info", [
    ["type", 4, "bpf_program_type"],
    ["id", 4],
    ["tag", 8],
    ["jited_prog_len", 4],
    ["xlated_prog_len", 4],
    ["jited_prog_insns", 8],
    ["xlated_prog_insns", 8],
    ["load_time", 8],
    ["created_by_uid", 4],
    ["nr_map_ids", 4],
    ["map_ids", 8],
    ["name", 8],
    ["name8", 8],
  ]),
  /** `bpf(2)`: `BPF_PROG_LOAD`; the name is 16 bytes of text. */
  bpf_prog_load: layout("bpf_prog_load", [
    ["prog_type", 4, "bpf_program_type"],
    ["insn_cnt", 4],
    ["insns", 8],
    ["license", 8],
    ["log_level", 4],
    ["log_size", 4],
    ["log_buf", 8],
    ["kern_version", 4],
    ["prog_flags", 4],
    ["prog_name", 8],
    ["prog_name8", 8],
    ["prog_ifindex", 4],
    ["expected_attach_type", 4, "bpf_attach_type"],
  ]),
  /** `bpf(2)`: `BPF_PROG_QUERY` */
  bpf_prog_query: layout("bpf_prog_query", [
    ["target_fd", 4],
    ["attach_type", 4, "bpf_attach_type"],
    ["query_flags", 4, "bpf_query"],
    ["attach_flags", 4, "bpf_attach"],
    ["prog_ids", 8],
    ["prog_cnt", 4],
  ]),
};
