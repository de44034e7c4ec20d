import type { Arch } from "@x/syscall";

/** ELF header and four program headers, as elf(5) lays them out. */
export const HEADER_BYTES: number = 64 + 4 * 56;

const EM: Record<Arch, number> = { x64: 62, arm64: 183 };
const [PT_LOAD, PT_GNU_STACK] = [1, 0x6474e551];
const [X, W, R] = [1, 2, 4];
/** The largest page of the two CPUs: segments that are this far apart never share one. */
const PAGE = 0x10000;

/** Where the read-only data of every launcher begins. */
export const DATA_ADDRESS = 0x400000;
/** Far enough above any data a plan can hold (arguments end at 6 MiB, see execve(2)). */
export const BSS_ADDRESS = 0x4000000;
/** Address of the code; the offset in the file is added so that file and page offsets agree. */
export const TEXT_ADDRESS = 0x2000000;

/**
 * A static ELF64 executable: read-only data, code, zeroed memory, and a stack, each with its own
 * rights; none is writable and executable. Bytes depend on nothing but the input.
 */
export function elf(arch: Arch, data: Uint8Array, code: Uint8Array, bssBytes: number): Uint8Array {
  const textOffset = textOffsetOf(data.length);
  const file = new Uint8Array(textOffset + code.length);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1], 0);
  view.setUint16(16, 2, true); // ET_EXEC
  view.setUint16(18, EM[arch], true);
  view.setUint32(20, 1, true);
  u64(24, TEXT_ADDRESS + textOffset); // entry
  u64(32, 64); // program headers
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 4, true);
  view.setUint16(58, 64, true);

  segment(0, PT_LOAD, R, 0, DATA_ADDRESS, HEADER_BYTES + data.length);
  segment(1, PT_LOAD, R | X, textOffset, TEXT_ADDRESS + textOffset, code.length);
  segment(2, PT_LOAD, R | W, 0, BSS_ADDRESS, 0, Math.max(bssBytes, 8));
  segment(3, PT_GNU_STACK, R | W, 0, 0, 0);
  file.set(data, HEADER_BYTES);
  file.set(code, textOffset);
  return file;

  function segment(
    i: number,
    type: number,
    flags: number,
    offset: number,
    address: number,
    fileBytes: number,
    memoryBytes = fileBytes,
  ): void {
    const at = 64 + 56 * i;
    view.setUint32(at, type, true);
    view.setUint32(at + 4, flags, true);
    u64(at + 8, offset);
    u64(at + 16, address);
    u64(at + 24, address);
    u64(at + 32, fileBytes);
    u64(at + 40, memoryBytes);
    u64(at + 48, type === PT_LOAD ? PAGE : 16);
  }

  function u64(at: number, value: number): void {
    view.setBigUint64(at, BigInt(value), true);
  }
}

function textOffsetOf(dataBytes: number): number {
  return Math.ceil((HEADER_BYTES + dataBytes) / 16) * 16;
}
