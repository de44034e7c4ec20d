const utf8 = new TextEncoder();
const MAX_SHARED_BYTES = 64;

/** The read-only data of a launcher: strings (each kept once), structs, pointer arrays. */
export interface Data {
  /** Offset of a NUL-terminated string. */
  string(value: string | Uint8Array): number;
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
  const known = new Map<string, number>();
  const suffixes = new Map<string, number>();
  let size = headerBytes;

  const append = (bytes: Uint8Array, align: number): number => {
    const key = `${align}:${Buffer.from(bytes).toString("latin1")}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const padding = (align - (size % align)) % align;
    if (padding > 0) chunks.push(new Uint8Array(padding));
    const offset = size + padding;
    chunks.push(bytes);
    size = offset + bytes.length;
    known.set(key, offset);
    return offset;
  };

  /** The end of a short string is a string as well: `etc` stands in `/etc`. */
  const remember = (value: string | Uint8Array, offset: number): number => {
    const text = key(value);
    if (text.length > MAX_SHARED_BYTES) return offset;
    for (let i = 0; i < text.length; i++) suffixes.set(text.slice(i), offset + i);
    return offset;
  };

  return {
    string: (value) => suffixes.get(key(value)) ?? remember(value, append(terminated(value), 1)),
    block: (bytes) => append(bytes, 8),
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

/** One character for each byte. */
function key(value: string | Uint8Array): string {
  return Buffer.from(value as string).toString("latin1");
}

function terminated(value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === "string" ? utf8.encode(value) : value;
  const whole = new Uint8Array(bytes.length + 1);
  whole.set(bytes);
  return whole;
}
