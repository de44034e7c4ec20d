import { syscall } from "./syscall.ts";

/** A file descriptor that is closed once: by `close()`, or by `using` at the end of its block. */
export class Descriptor implements Disposable, AsyncDisposable {
  #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** The number, or -1 once closed, so that no call can reach a file that got the same number. */
  get fd(): number {
    return this.#fd;
  }

  /** Closes the descriptor: `close(2)`. The second time it does nothing. */
  close(): void {
    const fd = this.#fd;
    if (fd === -1) return;
    this.#fd = -1;
    // Not by node:fs, which in a worker thread keeps account of what it has opened and closed
    // itself.
    syscall("close", fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}
