import { mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync, lstatSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Mount } from "../lib/sandbox.ts";

/** A root directory of a test's own, gone when the test is over. */
export interface TestRoot extends Disposable {
  readonly dir: string;
  /** Lend it this machine's programs. */
  readonly programs: Mount;
}

/** An almost empty root that runs this machine's programs by a bind mount of `/usr`. */
export function testRoot(): TestRoot {
  const dir = mkdtempSync(join(tmpdir(), "x-root-"));
  for (const name of ["bin", "sbin", "lib", "lib64"]) {
    if (lstatSync(`/${name}`, { throwIfNoEntry: false })?.isSymbolicLink()) {
      symlinkSync(readlinkSync(`/${name}`), join(dir, name));
    }
  }
  mkdirSync(join(dir, "usr"));
  return {
    dir,
    programs: { type: "bind", source: "/usr", destination: "/usr", readonly: true },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}
