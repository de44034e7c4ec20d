import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitImage, type Descriptor, type Store } from "@x/image";

const busybox = "/bin/busybox";

/** Why there can be no image of a busybox, for the end of a title; nothing if there can. */
export const busyboxMissing: string = existsSync(busybox) ? "" : " (busybox-static is missing)";

/** Makes an image of a busybox with a shell, of about 2 MB, in a store. */
export async function makeBusybox(store: Store, name: string): Promise<Descriptor> {
  const root = mkdtempSync(join(tmpdir(), "x-busybox-"));
  try {
    for (const folder of ["bin", "etc", "tmp"]) mkdirSync(join(root, folder));
    copyFileSync(busybox, join(root, "bin/busybox"));
    for (const applet of ["sh", "true", "sleep", "cat", "rm"]) {
      symlinkSync("busybox", join(root, "bin", applet));
    }
    return (await commitImage(store, { root, name })).descriptor;
  } finally {
    rmSync(root, { recursive: true });
  }
}
