import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitImage, type Descriptor, type Store } from "@x/image";

/** How much an image is to have. */
export interface ManyFiles {
  readonly layers: number;
  readonly files: number;
  /** Of each file; they hardly compress. */
  readonly bytes: number;
}

/** Makes an image of many files in a store, under a name. */
export async function makeManyFilesImage(
  store: Store,
  name: string,
  { layers, files, bytes }: ManyFiles,
): Promise<Descriptor> {
  let base: Descriptor | undefined;
  for (let layer = 0; layer < layers; layer++) {
    const root = mkdtempSync(join(tmpdir(), "x-layer-"));
    try {
      mkdirSync(join(root, `layer-${layer}`));
      for (let file = 0; file < files; file++) {
        writeFileSync(join(root, `layer-${layer}`, `${file}`), noise(`${layer}/${file}`, bytes));
      }
      const made = await commitImage(store, { root, name, ...(base && { base }) });
      base = made.descriptor;
    } finally {
      rmSync(root, { recursive: true });
    }
  }
  return base!;
}

/** Bytes that are the same every time for the same seed. */
export function noise(seed: string, bytes: number): Buffer {
  const content = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 32) {
    createHash("sha256").update(`${seed} ${at}`).digest().copy(content, at);
  }
  return content;
}
