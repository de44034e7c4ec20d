import { VmError } from "./vm-error.ts";

/** What a kernel module says about itself. */
export interface ModuleInfo {
  depends: string[];
  aliases: string[];
}

/**
 * Reads the `.modinfo` section of a module: NUL-separated `key=value` strings. Throws
 * X_VM_BAD_PACKAGE when the bytes are no 64-bit little-endian ELF. Source: elf(5), modinfo(8).
 */
export function readModuleInfo(elf: Buffer): ModuleInfo {
  const info: ModuleInfo = { depends: [], aliases: [] };
  for (const line of section(elf, ".modinfo").toString("latin1").split("\0")) {
    if (line.startsWith("depends=")) {
      info.depends = line.slice("depends=".length).split(",").filter(Boolean);
    } else if (line.startsWith("alias=")) {
      info.aliases.push(line.slice("alias=".length));
    }
  }
  return info;
}

function section(elf: Buffer, wanted: string): Buffer {
  if (elf.toString("hex", 0, 6) !== "7f454c460201") {
    throw new VmError("X_VM_BAD_PACKAGE", "a kernel module is no 64-bit little-endian ELF file");
  }
  const table = Number(elf.readBigUInt64LE(0x28));
  const entryBytes = elf.readUInt16LE(0x3a);
  const header = (index: number): Buffer => elf.subarray(table + index * entryBytes);
  const names = content(elf, header(elf.readUInt16LE(0x3e)));
  for (let index = 0; index < elf.readUInt16LE(0x3c); index++) {
    const start = header(index).readUInt32LE(0);
    if (names.toString("latin1", start, names.indexOf(0, start)) === wanted) {
      return content(elf, header(index));
    }
  }
  return Buffer.alloc(0);
}

function content(elf: Buffer, header: Buffer): Buffer {
  const offset = Number(header.readBigUInt64LE(0x18));
  return elf.subarray(offset, offset + Number(header.readBigUInt64LE(0x20)));
}
