import { spawnSync } from "node:child_process";
import { gunzipSync } from "node:zlib";
import { programs, requireProgram, type Program } from "./program.ts";
import { VmError } from "./vm-error.ts";

const setupSectorsAt = 0x1f1;
const signatureAt = 0x202;
const payloadOffsetAt = 0x248;
const payloadBytesAt = 0x24c;

const formats: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  fd377a58: (bytes) => decompress(programs.xz, bytes),
  "28b52ffd": (bytes) => decompress(programs.zstd, bytes),
  "1f8b0800": (bytes) => gunzipSync(bytes),
};

/**
 * The ELF inside an x86 bzImage. QEMU starts it directly (PVH), which spares an emulated processor
 * the unpacking: more than two seconds. Throws X_VM_BAD_PACKAGE when the file is no bzImage or is
 * compressed in a way unknown here. Source: Documentation/x86/boot.rst, `payload_offset`.
 */
export function extractKernel(bzImage: Buffer): Uint8Array {
  if (bzImage.toString("latin1", signatureAt, signatureAt + 4) !== "HdrS") {
    throw new VmError("X_VM_BAD_PACKAGE", "the x86-64 kernel is not a bzImage: no HdrS at 0x202");
  }
  const setupBytes = (bzImage.readUInt8(setupSectorsAt) + 1) * 512;
  const start = setupBytes + bzImage.readUInt32LE(payloadOffsetAt);
  const payload = bzImage.subarray(start, start + bzImage.readUInt32LE(payloadBytesAt));
  const magic = payload.toString("hex", 0, 4);
  const format = formats[magic];
  if (format === undefined) {
    throw new VmError(
      "X_VM_BAD_PACKAGE",
      `the x86-64 kernel's payload starts with ${magic}: neither xz, zstd nor gzip`,
    );
  }
  // The build appends the unpacked size to the compressed data.
  return format(payload.subarray(0, -4));
}

function decompress(program: Program, input: Uint8Array): Uint8Array {
  const result = spawnSync(requireProgram(program), ["-dc"], { input, maxBuffer: 2 ** 30 });
  if (result.status !== 0) {
    throw new VmError(
      "X_VM_PROGRAM_FAILED",
      `${program.name} -dc of the kernel ended with ${result.status ?? result.signal}: ${String(result.stderr).trim()}`,
      { cause: result.error },
    );
  }
  return result.stdout;
}
