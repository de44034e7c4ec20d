import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openStore, tryLock, type Descriptor, type Store } from "@x/image";
import { busyboxMissing, makeBusybox } from "../../testing/busybox-root.ts";
import { collect } from "../image/collect.ts";
import { findImage } from "../image/find.ts";
import { start } from "../start.ts";
import { containerChanges } from "./changes.ts";
import { checkSystem } from "./check.ts";
import { commitContainer } from "./commit.ts";
import { createContainer } from "./create.ts";
import { deleteContainer, sweepContainers } from "./delete.ts";
import { exportContainer, exportImage } from "./export.ts";
import { containerToDelete, findContainer, listContainers } from "./list.ts";
import { newId } from "./name.ts";
import { placesOf } from "./places.ts";

describe.skipIf(busyboxMissing !== "")(`containers of images${busyboxMissing}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "x-containers-"));
  let store: Store;
  let image: Descriptor;
  beforeAll(async () => {
    store = await openStore({ path: join(folder, "store") });
    image = await makeBusybox(store, "localhost/busybox:latest");
  });
  afterEach(async () => {
    for (const { record } of listContainers(store)) await deleteContainer(store, record);
    expect(readdirSync(store.containers)).toEqual([]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const make = async (name?: string, options: object = {}) => {
    const args = ["true"];
    return createContainer(store, image, { args, ...(name && { name }), ...options });
  };
  const ended = { exitCode: 0, signal: null };

  test("of five made at once under one name one is made, and the others are refused", async () => {
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => make("one")));
    const made = all.filter((one) => one.status === "fulfilled");
    expect(made).toHaveLength(1);
    for (const one of all.filter(({ status }) => status === "rejected")) {
      expect(one).toMatchObject({ reason: { code: "X_CONTAINER_NAME" } });
    }
    expect(listContainers(store)).toHaveLength(1);
    await made[0]!.value.close(ended);
  });

  test("are not swept away while they are being made", async () => {
    const making = Array.from({ length: 5 }, () => make(undefined, { ephemeral: true }));
    const sweeping = Array.from({ length: 20 }, () => sweepContainers(store));
    const made = await Promise.all(making);
    expect((await Promise.all(sweeping)).flat()).toEqual([]);
    expect(listContainers(store)).toHaveLength(5);
    for (const one of made) await one.close();
  });

  test("that run cannot be deleted; that are only looked at can", async () => {
    const container = await make("busy");
    const { record } = container;
    await expect(deleteContainer(store, record)).rejects.toMatchObject({
      code: "X_CONTAINER_RUNNING",
    });
    await container.close(ended);
    const looking = tryLock(placesOf(store.path, record.id).lock, { kind: "shared" })!;
    const deleting = deleteContainer(store, record);
    setTimeout(() => looking.release(), 20);
    await deleting;
    expect(existsSync(placesOf(store.path, record.id).directory)).toBe(false);
    await deleteContainer(store, record);
  });

  test("can be listed while others are deleted", async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => make()));
    for (const one of made) await one.close(ended);
    const deleting = made.map(({ record }) => deleteContainer(store, record));
    for (let i = 0; i < 50; i++) {
      listContainers(store);
      await new Promise(setImmediate);
    }
    await Promise.all(deleting);
    expect(listContainers(store)).toEqual([]);
  });

  test("that have never run leave neither a directory nor a name", async () => {
    const container = await make("never");
    await container.discard();
    expect(readdirSync(store.containers)).toEqual([]);
    await (await make("never")).close(ended);
  });

  test("of --rm have no changes to be read, and say so", async () => {
    await using container = await make("memory", { ephemeral: true });
    const { record } = container;
    const ephemeral = { code: "X_CONTAINER_EPHEMERAL", message: expect.stringMatching(/--rm/) };
    await expect(collectAll(containerChanges(store, record))).rejects.toMatchObject(ephemeral);
    await expect(commitContainer(store, record)).rejects.toMatchObject(ephemeral);
    const options = { path: join(folder, "out.tar"), into: "tar" } as const;
    await expect(exportContainer(store, record, options)).rejects.toMatchObject(ephemeral);
  });

  test.each([
    ["cut off", "{"],
    ["empty", ""],
    ["null", "null"],
    ["of a later version", JSON.stringify({ version: 2, files: "somewhere else" })],
  ])("whose record is %s are found and kept until somebody deletes them", async (_, text) => {
    const container = await make("damaged");
    await container.close(ended);
    const { id } = container.record;
    const { directory, upper } = placesOf(store.path, id);
    writeFileSync(join(upper, "precious"), "work of a day");
    writeFileSync(join(directory, "container.json"), text);

    expect(listContainers(store)).toEqual([]);
    for (let i = 0; i < 2; i++) {
      expect(await checkSystem(store, { repair: true })).toEqual([
        expect.objectContaining({ kind: "damaged-container", subject: id, repaired: false }),
      ]);
    }
    // What it needs of the store is not known, so nothing is collected.
    await expect(collect(store)).rejects.toMatchObject({ code: "X_CONTAINER_DAMAGED" });
    expect(readFileSync(join(upper, "precious"), "utf8")).toBe("work of a day");

    await deleteContainer(store, containerToDelete(store, id.slice(0, 12)));
    expect(readdirSync(store.containers)).toEqual([]);
    expect(() => containerToDelete(store, id.slice(0, 12))).toThrow(/no container is named/);
  });

  test("that were never finished are swept, and so is a store without the directory of containers mended", async () => {
    const id = newId();
    mkdirSync(join(store.containers, id, "upper"), { recursive: true });
    expect(await checkSystem(store)).toMatchObject([{ kind: "left-container", subject: id }]);
    expect(await checkSystem(store, { repair: true })).toMatchObject([{ repaired: true }]);
    rmSync(store.containers, { recursive: true });
    expect(await checkSystem(store, { repair: true })).toMatchObject([
      { kind: "missing-directory", repaired: true },
    ]);
    expect(await checkSystem(store)).toEqual([]);
  });

  test("are exported into new places alone, whole or not at all", async () => {
    const directory = join(folder, "mine");
    mkdirSync(directory);
    writeFileSync(join(directory, "etc"), "mine");
    await expect(
      exportImage(store, image, { path: directory, into: "directory" }),
    ).rejects.toMatchObject({ code: "X_CONTAINER_EXPORT" });
    expect(readdirSync(directory)).toEqual(["etc"]);

    const path = join(folder, "root.tar");
    const signal = AbortSignal.abort();
    await expect(exportImage(store, image, { path, into: "tar", signal })).rejects.toThrow(
      /abort/i,
    );
    expect(readdirSync(folder).filter((name) => name.startsWith("root.tar"))).toEqual([]);
    await exportImage(store, image, { path, into: "tar" });
    expect(readdirSync(folder).filter((name) => name.startsWith("root.tar"))).toEqual(["root.tar"]);
    expect(readdirSync(join(store.path, "incoming"))).toEqual([]);
  });

  test("keep what they need when their image loses its name", async () => {
    const container = await make("keeps");
    await container.close(ended);
    await store.untag("localhost/busybox:latest");
    expect(await collect(store)).toMatchObject({ layers: 0 });
    await store.tag("localhost/busybox:latest", image);
    await using running = await start(container.record.sandbox);
    expect(await running.ended).toMatchObject({ code: 0 });
  });

  test("an image is found by its name before it is by the digits of a digest", async () => {
    const digits = image.digest.slice("sha256:".length);
    expect((await findImage(store, digits.slice(0, 6)))?.descriptor.digest).toBe(image.digest);
    expect((await findImage(store, digits))?.descriptor.digest).toBe(image.digest);
    const name = `docker.io/library/${digits.slice(0, 6)}:latest`;
    const other = (await commitContainer(store, await oneThatWrote(), { name })).descriptor;
    expect((await findImage(store, digits.slice(0, 6)))?.descriptor.digest).toBe(other.digest);
    expect((await findImage(store, `sha256:${digits.slice(0, 6)}`))?.name).not.toBe(name);
    await store.untag(name);
  });

  const oneThatWrote = async () => {
    const container = await make("wrote");
    await container.close(ended);
    writeFileSync(join(placesOf(store.path, container.record.id).upper, "new"), "new");
    return findContainer(store, "wrote").record;
  };
});

async function collectAll<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
