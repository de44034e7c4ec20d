/**
 * Other machines for the tests of this repository, booted in QEMU: Debian's x86-64 kernel with a
 * pure cgroup v2 tree and this machine's root, and Debian's arm64 kernel with busybox.
 *
 * @packageDocumentation
 */
export { runArm64, type Arm64Options, type GuestFile } from "./lib/arm64.ts";
export type { BootOptions, GuestResult } from "./lib/boot.ts";
export { guestSystem, type GuestSystem } from "./lib/guest-system.ts";
export { VmError, type VmErrorCode } from "./lib/vm-error.ts";
export { runX64, type X64Options } from "./lib/x64.ts";
