import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore, type Store } from "@x/image";
import { busyboxMissing, makeBusybox } from "../testing/busybox-root.ts";
import { findContainer, listContainers } from "./containers/list.ts";
import { runImage } from "./run-image.ts";

describe.skipIf(busyboxMissing !== "")(`an image that is run${busyboxMissing}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "x-run-image-"));
  let store: Store;
  beforeAll(async () => {
    store = await openStore({ path: join(folder, "store") });
    await makeBusybox(store, "docker.io/library/busybox:latest");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("by its name gives what its command wrote, and a container that is kept", async () => {
    const args = ["sh", "-c", "cat; echo made > /made; exit 3"];
    const { container, ...result } = await runImage(store, "busybox", { args, input: "hello" });
    expect(result).toMatchObject({ exitCode: 3, signal: null, stdout: "hello", stderr: "" });
    const { record, running } = findContainer(store, container.name);
    expect(running).toBe(false);
    expect(record).toMatchObject({ image: "docker.io/library/busybox:latest" });
    expect(record.ended).toMatchObject({ exitCode: 3, signal: null });
  });

  test("and could not be started, or was to leave nothing, leaves nothing", async () => {
    const before = listContainers(store).length;
    const missing = runImage(store, "busybox", { args: ["/no/such/program"], name: "n" });
    await expect(missing).rejects.toThrow(/ENOENT/);
    await runImage(store, "busybox", { args: ["true"], name: "n", ephemeral: true });
    expect(listContainers(store)).toHaveLength(before);
  });

  test("and is not there is refused with the names that are", async () => {
    await expect(runImage(store, "nosuch")).rejects.toThrow(/busybox:latest; x pull nosuch/);
  });
});
