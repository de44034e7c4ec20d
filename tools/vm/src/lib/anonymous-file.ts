import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An open file that no folder holds any more; it goes when its last descriptor is closed. */
export interface AnonymousFile extends Disposable {
  fd: number;
}

/** A file with this content that no crash can leave behind, for children that get its descriptor. */
export function anonymousFile(content: Uint8Array): AnonymousFile {
  const folder = mkdtempSync(join(tmpdir(), "x-vm-"));
  let fd: number;
  try {
    fd = openSync(join(folder, "content"), "wx+", 0o600);
  } finally {
    rmSync(folder, { recursive: true });
  }
  try {
    for (let written = 0; written < content.byteLength;) {
      written += writeSync(fd, content, written);
    }
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return { fd, [Symbol.dispose]: () => closeSync(fd) };
}
