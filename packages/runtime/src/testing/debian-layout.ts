import { cpSync, existsSync, renameSync, rmSync } from "node:fs";
import { debianTar, makeDebianImage } from "@x/image/testing";

/** Begins a layout with the Debian as `debian`; packed once for all tests, beside its tar. */
export function addDebian(layout: string): void {
  const kept = debianTar().replace(/\.tar$/, ".layout");
  if (!existsSync(kept)) {
    const making = `${kept}-${process.pid}`;
    try {
      makeDebianImage(making);
      renameSync(making, kept);
    } finally {
      rmSync(making, { recursive: true, force: true });
    }
  }
  cpSync(kept, layout, { recursive: true });
}
