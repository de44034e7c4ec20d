import {
  BPF_MAP_CREATE,
  BPF_MAP_FREEZE,
  BPF_MAP_GET_FD_BY_ID,
  BPF_MAP_LOOKUP_ELEM,
  BPF_MAP_TYPE_ARRAY,
  BPF_MAP_UPDATE_ELEM,
  BPF_PROG_BIND_MAP,
  Descriptor,
  layouts,
} from "@x/syscall";
import type { DeviceRule } from "../resources.ts";
import { command } from "./command.ts";
import { mapInfo, programInfo } from "./object-info.ts";

/** As `bpftool map` shows it. */
const mapName = "x_device_rules";

/**
 * Writes rules down beside the program that was made from them: in a map that the program never
 * looks at but that lives as long, and that nothing can change any more. The instructions would not
 * do: the verifier takes out what can never run, and a hardened kernel hides constants.
 *
 * @throws SyscallError
 */
export function bindRules(program: Descriptor, rules: readonly DeviceRule[]): void {
  const value = Buffer.from(JSON.stringify(rules.map(plain)));
  using map = new Descriptor(
    command(BPF_MAP_CREATE, layouts.bpf_map_create, {
      map_type: BPF_MAP_TYPE_ARRAY,
      key_size: keyBytes,
      value_size: value.length,
      max_entries: 1,
      map_name: mapName,
    }),
  );
  const element = { map_fd: map.fd, key: new Uint8Array(keyBytes), value };
  command(BPF_MAP_UPDATE_ELEM, layouts.bpf_map_elem, element);
  command(BPF_MAP_FREEZE, layouts.bpf_map_elem, { map_fd: map.fd });
  const pair = { prog_fd: program.fd, map_fd: map.fd };
  command(BPF_PROG_BIND_MAP, layouts.bpf_prog_bind_map, pair);
}

/** The rules a program was made from; undefined when it is none of ours. Throws SyscallError. */
export function boundRules(program: Descriptor): DeviceRule[] | undefined {
  for (const id of programInfo(program.fd).maps) {
    using map = new Descriptor(command(BPF_MAP_GET_FD_BY_ID, layouts.bpf_get_id, { id }));
    const { name, valueSize } = mapInfo(map.fd);
    if (name !== mapName) continue;
    const value = new Uint8Array(valueSize);
    const element = { map_fd: map.fd, key: new Uint8Array(keyBytes), value };
    command(BPF_MAP_LOOKUP_ELEM, layouts.bpf_map_elem, element);
    return JSON.parse(Buffer.from(value).toString()) as DeviceRule[];
  }
  return undefined;
}

/** An array has indexes of 32 bits. */
const keyBytes = 4;

/** Nothing but what a rule is made of, in one order. */
function plain({ allow, type, major, minor, access }: DeviceRule): DeviceRule {
  return {
    allow,
    ...(type === undefined ? {} : { type }),
    ...(major === undefined ? {} : { major }),
    ...(minor === undefined ? {} : { minor }),
    ...(access === undefined ? {} : { access }),
  };
}
