import { syscall } from "@x/syscall";
import type { TarHeader } from "../tar/entry.ts";

/** Writes the content of one file as it comes; of a sparse one, each part in its place. */
export class FileContent {
  readonly #fd: number;
  readonly #header: TarHeader;
  #extent = 0;
  #written = 0;

  constructor(fd: number, header: TarHeader) {
    this.#fd = fd;
    this.#header = header;
  }

  /** Takes the next bytes. Throws `SyscallError`. */
  write(bytes: Uint8Array): void {
    const { sparse } = this.#header;
    if (sparse === undefined) return writeAll(this.#fd, bytes);
    for (let at = 0; at < bytes.length;) {
      const extent = sparse[this.#extent]!;
      const length = Math.min(extent.bytes - this.#written, bytes.length - at);
      writeAll(this.#fd, bytes.subarray(at, at + length), extent.offset + this.#written);
      at += length;
      this.#written += length;
      if (this.#written < extent.bytes) continue;
      this.#extent++;
      this.#written = 0;
    }
  }

  /** Makes the file as long as it is to be. Throws `SyscallError`. */
  end(): void {
    if (this.#header.sparse !== undefined) syscall("ftruncate", this.#fd, this.#header.size);
  }
}

function writeAll(fd: number, bytes: Uint8Array, offset?: number): void {
  for (let at = 0; at < bytes.length;) {
    const rest = at === 0 ? bytes : bytes.subarray(at);
    at +=
      offset === undefined
        ? syscall("write", fd, rest, rest.length)
        : syscall("pwrite64", fd, rest, rest.length, offset + at);
  }
}
