import { readSync, writeSync } from "node:fs";
import { onReadable, SHUT_RD, syscall, type Descriptor } from "@x/syscall";
import { decodeRecord, RECORD_BYTES, type ChannelRecord } from "../record.ts";

/** Our end of the channel to a launcher. */
export interface Listening {
  /** Resolves when the launcher has closed its last copy: it has executed the command, or is gone. */
  readonly ended: Promise<void>;
  /** Hands over what was sent before now, without waiting for the end; then closes. */
  drained(): void;
  /** Lets an `answer` step go on. */
  answer(): void;
  close(): void;
}

/** Records read at once at most. */
const BATCH = 64;

/** Hands every record that the launcher sends to `heard`; takes over `ours` and closes it. */
export function listen(ours: Descriptor, heard: (record: ChannelRecord) => void): Listening {
  const buffer = Buffer.alloc(RECORD_BYTES * BATCH);
  const { promise, resolve, reject } = withResolvers();
  let filled = 0;
  let open = true;
  const poll = onReadable(ours.fd, () => {
    try {
      if (!receive()) finish();
    } catch (error) {
      close();
      reject(error);
    }
  });

  /** Reads what there is; false at the end of it all. */
  function receive(): boolean {
    const count = read(ours.fd, buffer, filled);
    filled += count;
    let at = 0;
    for (; filled - at >= RECORD_BYTES; at += RECORD_BYTES) {
      heard(decodeRecord(buffer.subarray(at, at + RECORD_BYTES)));
    }
    buffer.copyWithin(0, at, filled);
    filled -= at;
    return count > 0;
  }

  function finish(): void {
    close();
    resolve();
  }

  function close(): void {
    if (!open) return;
    open = false;
    poll.close();
    ours.close();
  }

  return {
    ended: promise,
    drained() {
      if (!open) return;
      shutdown(ours);
      while (receive());
      finish();
    },
    answer: () => void writeSync(ours.fd, ANSWER),
    close: finish,
  };
}

/** Number of bytes read; 0 when the launcher's end is closed. */
function read(fd: number, buffer: Buffer, at: number): number {
  try {
    return readSync(fd, buffer, at, buffer.length - at, null);
  } catch (error) {
    // A launcher that is killed with something unread resets the connection: gone all the same.
    if ((error as NodeJS.ErrnoException).code === "ECONNRESET") return 0;
    throw error;
  }
}

/** From here on the other side's writes fail, and a read after the last record answers 0. */
function shutdown(ours: Descriptor): void {
  syscall("shutdown", ours.fd, SHUT_RD);
}

const ANSWER = Uint8Array.of(1);

// Promise.withResolvers came with Node 22.
function withResolvers(): {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: unknown) => void;
} {
  let resolve!: () => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
