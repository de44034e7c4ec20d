import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openStore, push } from "@x/image";
import { registryMissing, startRegistry, type TestRegistry } from "@x/image/testing";
import { checkSystem } from "../lib/containers/check.ts";
import { startBlobProxy } from "../testing/blob-proxy.ts";
import { makeManyFilesImage } from "../testing/many-files-image.ts";
import { bundleX, type StartX } from "../testing/x-process.ts";

const why = registryMissing ?? "";

describe.skipIf(why !== "")(
  `several pulls, and one that is interrupted${why && ` (${why})`}`,
  () => {
    let folder = "";
    let registry: TestRegistry;
    let startX: StartX;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "x-pulls-"));
      startX = await bundleX(folder);
      registry = await startRegistry();
      const name = `${registry.host}/many:latest`;
      const store = await openStore({ path: join(folder, "source") });
      await makeManyFilesImage(store, name, { layers: 3, files: 4, bytes: 400_000 });
      await push(store, name);
    });
    afterAll(async () => {
      await registry?.[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    });

    test("three pulls of one image at once download each blob once, and all three succeed", async () => {
      const store = join(folder, "together");
      await using proxy = await startBlobProxy(registry.host, { clients: 3 });
      const name = `${proxy.host}/many:latest`;
      const pulls = [1, 2, 3].map(() => startX(store, ["pull", "-q", name]));
      const outcomes = await Promise.all(pulls.map(({ outcome }) => outcome));
      for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 0, stderr: "" });
      const paths = proxy.downloads.map(({ path }) => path);
      expect(paths.toSorted()).toEqual([...new Set(paths)].toSorted());
      expect(paths).toHaveLength(4);
    });

    test("Ctrl-C ends a pull with status 130 and one line; the next one goes on from there", async () => {
      const store = await openStore({ path: join(folder, "interrupted") });
      {
        await using proxy = await startBlobProxy(registry.host, { stallAfter: 300_000 });
        const x = startX(store.path, ["pull", "-q", `${proxy.host}/many:latest`]);
        await vi.waitFor(() => expect(bytesOf(partials(store.path))).toBeGreaterThan(0), 30_000);
        x.kill("SIGINT");
        const { status, stdout, stderr } = await x.outcome;
        const line = "x: interrupted by SIGINT\n";
        expect({ status, stdout, stderr }).toEqual({ status: 130, stdout: "", stderr: line });
      }
      const kept = partials(store.path);
      expect(kept.length).toBeGreaterThan(0);
      expect(await checkSystem(store, { verify: true })).toHaveLength(kept.length);

      await using proxy = await startBlobProxy(registry.host);
      const again = startX(store.path, ["pull", "-q", `${proxy.host}/many:latest`]);
      expect(await again.outcome).toMatchObject({ status: 0, stderr: "" });
      const resumed = proxy.downloads.flatMap(({ path, range }) =>
        range === undefined ? [] : [`${path.split("sha256:")[1]}.partial from ${range}`],
      );
      const wanted = kept.map(({ name: file, bytes }) => `${file} from bytes=${bytes}-`);
      expect(resumed.toSorted()).toEqual(wanted.toSorted());
      expect(partials(store.path)).toEqual([]);
      expect(await checkSystem(store, { verify: true })).toEqual([]);
    });
  },
);

interface Partial {
  readonly name: string;
  readonly bytes: number;
}

function partials(store: string): Partial[] {
  const incoming = join(store, "incoming");
  return readdirSync(incoming)
    .filter((name) => name.endsWith(".partial"))
    .map((name) => ({ name, bytes: statSync(join(incoming, name)).size }));
}

function bytesOf(all: readonly Partial[]): number {
  return all.reduce((sum, { bytes }) => sum + bytes, 0);
}
