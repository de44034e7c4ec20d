import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lock } from "../lib/store/lock.ts";
import { openStore, type Store } from "../lib/store/store.ts";
import { mediaTypes } from "../lib/spec/media-type.ts";
import { blobOf, imageOf, opened, putImage } from "./store-content.ts";

/*
 * What tests have done by another process: `store-child.ts TASK STORE ARGUMENT`. It prints a line
 * when it has begun.
 */

const [task, path, argument] = process.argv.slice(2) as [string, string, string];

const tasks: Record<string, () => Promise<void>> = {
  /** Holds the lock of a file, and does nothing. */
  async hold() {
    await lock(path, { kind: argument as "shared" | "exclusive" });
    console.log("begun");
    await sleep(600_000);
  },

  /** Gives twenty names, one after the other. */
  async tag() {
    const store = await openStore({ path });
    const { descriptor } = blobOf("named", mediaTypes.manifest);
    console.log("begun");
    for (let i = 0; i < 20; i++) await store.tag(`${argument}:${i}`, descriptor);
  },

  /** Brings 100 chunks of 1,000 bytes, says so after the first, and is slow from there on. */
  async slow() {
    const store = await openStore({ path });
    const bytes = Buffer.alloc(100_000, "slow");
    const { descriptor } = blobOf(bytes);
    async function* chunks() {
      for (let at = 0; at < bytes.length; at += 1000) {
        yield bytes.subarray(at, at + 1000);
        if (at === 0) {
          // By then the first chunk is on the disk.
          await sleep(300);
          console.log("begun");
        }
        await sleep(Number(argument));
      }
    }
    await store.putBlob(descriptor, async () => ({ start: 0, chunks: chunks() }));
  },

  /** Does all that a store can do, until it is killed. */
  async everything() {
    const store = await openStore({ path });
    console.log("begun");
    for (let i = 0; ; i++) await everything(store, `${argument}-${i}`);
  },
};

async function everything(store: Store, text: string): Promise<void> {
  const image = imageOf(`below ${text}`, Buffer.alloc(300_000, text).toString());
  await putImage(store, `killed:${text}`, image);
  const { descriptor } = image.layers[0]!;
  await store.ensureLayer(descriptor.digest, async (directory) => {
    for (let i = 0; i < 10; i++) await writeFile(join(directory, `${i}`), text);
    return { diffId: descriptor.digest, parent: null, bytes: 10, entries: 10 };
  });
  const big = Buffer.alloc(2_000_000, text);
  await store.putBlob(blobOf(big).descriptor, opened(big));
  if (text.endsWith("0")) await store.untag(`killed:${text}`);
  await store.collectGarbage();
}

await tasks[task]!();
