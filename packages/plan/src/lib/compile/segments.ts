/** The read-only data of a launcher: strings (each kept once), structs, pointer arrays. */
export interface Data {
  /** Offset of a NUL-terminated string. */
  string(value: string | Uint8Array): number;
  /** Offset of a string that is the end of another one, within that one. */
  end(value: string, of: string): number;
  /** Offset of some bytes, aligned for the kernel to read numbers from them. */
  block(bytes: Uint8Array): number;
  /** Address of an offset in the launcher's address space. */
  address(offset: number): number;
  bytes(): Uint8Array;
}

/** The writable memory of a launcher: results and buffers, all zero at the start. */
export interface Bss {
  /** Offset of the memory with this name, allocated on first use. */
  slot(name: string, bytes: number): number;
  address(offset: number): number;
  size(): number;
}

/** Read-only data that will begin at `base`, behind the ELF headers. */
export function createData(base: number, headerBytes: number): Data {
  const chunks: Uint8Array[] = [];
  const strings = new Map<string, number>();
  const blocks = new Map<string, number>();
  let size = headerBytes;

  const append = (bytes: Uint8Array, align: number): number => {
    const padding = (align - (size % align)) % align;
    if (padding > 0) chunks.push(new Uint8Array(padding));
    const offset = size + padding;
    chunks.push(bytes);
    size = offset + bytes.length;
    return offset;
  };
  const once = (known: Map<string, number>, key: string, place: () => number): number => {
    let offset = known.get(key);
    if (offset === undefined) {
      offset = place();
      known.set(key, offset);
    }
    return offset;
  };

  return {
    string(value) {
      if (typeof value !== "string") return append(terminated(value), 1);
      return once(strings, value, () => append(Buffer.from(`${value}\0`), 1));
    },
    end(value, of) {
      const offset = this.string(of) + Buffer.byteLength(of) - Buffer.byteLength(value);
      return once(strings, value, () => offset);
    },
    block: (bytes) => once(blocks, latin1(bytes), () => append(bytes, 8)),
    address: (offset) => base + offset,
    bytes: () => Buffer.concat(chunks),
  };
}

/** The first `reserved` bytes are for the results. */
export function createBss(base: number, reserved: number): Bss {
  const slots = new Map<string, number>();
  let size = reserved;
  return {
    slot(name, bytes) {
      let offset = slots.get(name);
      if (offset === undefined) {
        offset = size;
        slots.set(name, offset);
        size += Math.ceil(bytes / 8) * 8;
      }
      return offset;
    },
    address: (offset) => base + offset,
    size: () => size,
  };
}

function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("latin1");
}

function terminated(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(bytes.length + 1);
  whole.set(bytes);
  return whole;
}
