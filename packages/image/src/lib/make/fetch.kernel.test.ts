import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { archive, dir, file, hardlink, whiteout } from "../../testing/layer-archive.ts";
import { asOrdinaryUser, isRoot } from "../../testing/layer-user.ts";
import { MemorySource } from "../../testing/transport-memory.ts";
import { openStore } from "../store/store.ts";
import type { BlobContent } from "../transport/transport.ts";
import { fetchImage } from "./pull.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fetch-"));
  chmodSync(folder, 0o777);
});
afterEach(() => rmSync(folder, { recursive: true }));

const null_ = { type: "character", name: "dev/null", major: 1, minor: 3 } as const;
const lower = archive(dir("etc"), file("etc/a", "a\n", { uid: 1234 }), dir("dev"), null_);
const upper = archive(file("etc/b", "b\n"), hardlink("etc/same", "etc/a"), whiteout("dev/.wh.x"));

const tellers: [string, <T>(act: () => Promise<T>) => Promise<T>][] = [
  ["this user", (act) => act()],
  ...(isRoot ? ([["an ordinary user", asOrdinaryUser]] as typeof tellers) : []),
];

describe.each(tellers)("%s fetches an image and unpacks it", (_, as) => {
  test("with what lower layers say of its directories and links", async () => {
    const source = new MemorySource();
    source.image([lower, upper]);
    const { unpacked, name } = await as(async () => {
      const store = await openStore({ path: join(folder, "store") });
      return fetchImage(store, "localhost/x:1", source);
    });
    expect(name).toBe("localhost/x:1");
    const [top, bottom] = unpacked!.lower;
    expect(readFileSync(join(top!, "etc/b"), "utf8")).toBe("b\n");
    expect(readFileSync(join(top!, "etc/same"), "utf8")).toBe("a\n");
    expect(statSync(join(top!, "etc")).mode & 0o777).toBe(0o755);
    const mayOwn = statSync(join(bottom!, "etc/a")).uid === 1234;
    expect(existsSync(join(bottom!, "dev/null"))).toBe(mayOwn);
    expect(unpacked!.notices).toHaveLength(mayOwn ? 0 : 1);
  });

  test("of which no layer counts before its blob is verified", async () => {
    const source = new MemorySource();
    const { digest } = source.image([lower, upper]);
    const first = [...source.blobs.keys()][0]!;
    // All the bytes come, so that the layer can be unpacked, and then one too many.
    source.blob = async (descriptor, options): Promise<BlobContent> => {
      const content = await MemorySource.prototype.blob.call(source, descriptor, options);
      if (descriptor.digest !== first) return content;
      async function* chunks(): AsyncGenerator<Uint8Array> {
        yield* content.chunks;
        await new Promise((resolve) => setTimeout(resolve, 50));
        yield Buffer.from("x");
      }
      return { start: 0, chunks: chunks() };
    };
    await as(async () => {
      const store = await openStore({ path: join(folder, "store") });
      const fetching = fetchImage(store, "localhost/x:1", source);
      await expect(fetching).rejects.toMatchObject({ code: "X_IMAGE_SIZE" });
      expect(await store.layer(first)).toBeUndefined();
      expect(await store.references()).toEqual([]);
      // Positive control: the same image from an honest source.
      source.blob = MemorySource.prototype.blob.bind(source);
      const { descriptor } = await fetchImage(store, "localhost/x:1", source);
      expect(descriptor.digest).toBe(digest);
      expect(await store.layer(first)).toBeDefined();
    });
  });
});
