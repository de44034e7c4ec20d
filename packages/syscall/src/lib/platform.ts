import type { Arch } from "./arch.ts";

/**
 * Thrown by everything that acts, where there is no Linux on x86-64 or arm64. Importing is fine.
 */
export class UnsupportedPlatformError extends Error {
  override readonly name = "UnsupportedPlatformError";
  readonly code = "X_UNSUPPORTED_PLATFORM";
  readonly platform: string;
  readonly arch: string;

  constructor(platform: string, arch: string) {
    super(
      `System calls need Linux on x64 or arm64; this is ${platform} on ${arch}. ` +
        "The tables, and what only builds or explains a plan, work here too.",
    );
    this.platform = platform;
    this.arch = arch;
  }
}

/**
 * The architecture whose system calls can be made on a machine, in the words of `process.platform`
 * and `process.arch`.
 *
 * @throws UnsupportedPlatformError when that is no Linux, or one without tables here.
 */
export function callableArch(platform: string, arch: string): Arch {
  if (platform === "linux" && (arch === "x64" || arch === "arm64")) return arch;
  throw new UnsupportedPlatformError(platform, arch);
}

/** The CPU of this machine. Throws UnsupportedPlatformError where the kernel cannot be called. */
export function thisArch(): Arch {
  return callableArch(process.platform, process.arch);
}
