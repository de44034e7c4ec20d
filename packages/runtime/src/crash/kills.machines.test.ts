import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore, pull, push, unpackImage, type Descriptor, type Store } from "@x/image";
import { registryMissing, startRegistry, type TestRegistry } from "@x/image/testing";
import { checkSystem } from "../lib/containers/check.ts";
import { commitContainer } from "../lib/containers/commit.ts";
import { createContainer } from "../lib/containers/create.ts";
import { placesOf } from "../lib/containers/places.ts";
import { collect } from "../lib/image/collect.ts";
import { killAtRandom } from "../testing/kill-at-random.ts";
import { leftBehind } from "../testing/left-behind.ts";
import { makeManyFilesImage, noise } from "../testing/many-files-image.ts";
import { wholeInRegistry } from "../testing/whole-in-registry.ts";
import { faultsOf, layerTrees, leftIn, type LayerTrees } from "../testing/store-audit.ts";
import { bundleX, type StartX } from "../testing/x-process.ts";

const why = registryMissing ?? "";
const KILLS = 50;
const SEED = 20261124;

describe.skipIf(why !== "")(`kill -9 at fifty moments of each${why && ` (${why})`}`, () => {
  let folder = "";
  let registry: TestRegistry;
  let image = "";
  let trees: LayerTrees;
  let startX: StartX;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "x-kills-"));
    startX = await bundleX(folder);
    registry = await startRegistry();
    image = `${registry.host}/many:latest`;
    const store = await openStore({ path: join(folder, "whole") });
    const many = { layers: 3, files: 8, bytes: 50_000 };
    const descriptor = await makeManyFilesImage(store, image, many);
    await push(store, image);
    await unpackImage(store, descriptor);
    trees = await layerTrees(store);
  });
  afterAll(async () => {
    await registry?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A store of its own, with the image in it. */
  const storeWith = async (name: string): Promise<{ store: Store; descriptor: Descriptor }> => {
    const store = await openStore({ path: join(folder, name) });
    const { descriptor } = await pull(store, image);
    return { store, descriptor };
  };
  /** What must hold after a kill: nothing is half there, the next one succeeds, nothing stays. */
  const recovers = async (store: Store, time: number, next: () => Promise<unknown>) => {
    expect(await faultsOf(store, trees)).toEqual([]);
    await next();
    if (time % 10 === 0) await mendsByCommand(store);
    const mended = await checkSystem(store, { repair: true });
    expect(mended.filter(({ repaired }) => repaired !== true)).toEqual([]);
    expect(await checkSystem(store)).toEqual([]);
    expect(leftIn(store)).toEqual([]);
  };
  const mendsByCommand = async (store: Store): Promise<void> => {
    const check = () => startX(store.path, ["system", "check"]).outcome;
    expect(await check()).toMatchObject({ status: 0, stderr: "" });
    expect(await check()).toMatchObject({ status: 0, stdout: "nothing to mend\n", stderr: "" });
  };
  const nextByCommand = async (store: Store, ...args: string[]): Promise<void> => {
    expect(await startX(store.path, args).outcome).toMatchObject({ status: 0, stderr: "" });
  };

  const killPull = async (): Promise<number> => {
    const store = await openStore({ path: join(folder, "pull") });
    const args = ["pull", "--quiet", image];
    const next = (time: number) => async (): Promise<void> => {
      if (time % 10 === 0) await nextByCommand(store, ...args);
      else await pull(store, image);
      expect((await layerTrees(store)).size).toBe(trees.size);
    };
    return killAtRandom({
      startX,
      store: store.path,
      kills: KILLS,
      seed: SEED,
      args: () => args,
      async afterwards(time) {
        await recovers(store, time, next(time));
        await store.untag(image);
        await collect(store);
        expect((await layerTrees(store)).size).toBe(0);
      },
    });
  };

  const killUnpack = async (): Promise<number> => {
    const { store, descriptor } = await storeWith("unpack");
    const pack = () => rm(join(store.path, "layers"), { recursive: true });
    const packed = async () => {
      await pack();
      await checkSystem(store, { repair: true });
    };
    await packed();
    const args = ["explain", image, "--", "true"];
    return killAtRandom({
      startX,
      store: store.path,
      kills: KILLS,
      seed: SEED + 1,
      args: () => args,
      async afterwards(time) {
        await recovers(store, time, async () => {
          const { lower } = await unpackImage(store, descriptor);
          expect(lower).toHaveLength(trees.size);
        });
        await packed();
      },
    });
  };

  const killCommit = async (): Promise<number> => {
    const { store, descriptor: base } = await storeWith("commit");
    const container = await createContainer(store, base, { name: "work", args: ["true"] });
    const { record } = container;
    const { upper } = placesOf(store.path, record.id);
    for (let i = 0; i < 20; i++) writeFileSync(join(upper, `new-${i}`), noise(`${i}`, i * 4000));
    await container.close({ exitCode: 0, signal: null });
    const name = `${registry.host}/committed:latest`;
    const { descriptor } = await commitContainer(store, record, { name, sourceDateEpoch: 0 });
    const want = descriptor.digest;
    return killAtRandom({
      startX,
      store: store.path,
      kills: KILLS,
      seed: SEED + 2,
      args: () => ["commit", "--quiet", "work", name],
      async afterwards(time) {
        await recovers(store, time, async () => {
          const again = await commitContainer(store, record, { name, sourceDateEpoch: 0 });
          expect(again.descriptor.digest).toBe(want);
        });
        await store.untag(name);
        await collect(store);
      },
    });
  };

  const killPush = async (): Promise<number> => {
    const { store } = await storeWith("push");
    const target = (time: number): string => `${registry.host}/pushed-${time}:latest`;
    return killAtRandom({
      startX,
      store: store.path,
      kills: KILLS,
      seed: SEED + 3,
      args: (time) => ["push", "--quiet", image, target(time)],
      async afterwards(time) {
        // A name of a registry stands for a whole image, or for nothing.
        expect(await wholeInRegistry(target(time))).not.toBe(false);
        await recovers(store, time, async () => {
          if (time % 10 === 0) await nextByCommand(store, "push", "--quiet", image, target(time));
          else await push(store, image, target(time));
        });
        expect(await wholeInRegistry(target(time))).toBe(true);
      },
    });
  };

  test("a pull, an unpacking, a commit and a push that are killed leave nothing half done, and nothing that is not mended", async () => {
    const all = await Promise.all([killPull(), killUnpack(), killCommit(), killPush()]);
    expect(all).toEqual([KILLS, KILLS, KILLS, KILLS]);
    expect(leftBehind(folder, folder)).toEqual([]);
  }, 600_000);
});
