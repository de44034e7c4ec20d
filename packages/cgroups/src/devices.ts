/**
 * Device rules of v2 groups, which are eBPF programs: needs `@x/syscall`, and with it koffi.
 *
 * @packageDocumentation
 */
export type { DevicePrograms } from "./lib/device-programs.ts";
export { isAllowed } from "./lib/bpf/device-access.ts";
export type { DeviceAccess } from "./lib/bpf/device-access.ts";
export { devicePrograms } from "./lib/bpf/device-programs.ts";
export { encode } from "./lib/bpf/instruction.ts";
export type { Instruction } from "./lib/bpf/instruction.ts";
export { listing } from "./lib/bpf/listing.ts";
export { deviceProgram } from "./lib/bpf/program.ts";
export type { DeviceRule } from "./lib/resources.ts";
