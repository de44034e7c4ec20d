import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openStore, type Store } from "@x/image";
import { checkSystem } from "../lib/containers/check.ts";
import { listContainers } from "../lib/containers/list.ts";
import { busyboxMissing, makeBusybox } from "../testing/busybox-root.ts";
import { leftBehind } from "../testing/left-behind.ts";
import { seeded } from "../testing/seeded.ts";
import { leftIn } from "../testing/store-audit.ts";
import { bundleX, type StartX, type XOutcome } from "../testing/x-process.ts";

const image = "localhost/busybox:latest";
describe.skipIf(busyboxMissing !== "")(`kill -9 of a run${busyboxMissing}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "x-runs-"));
  let store: Store;
  let startX: StartX;
  /** By how long it sleeps, a process of a container of ours is known. */
  const seconds = String(100_000 + process.pid);
  const left = (): string[] => leftBehind(folder, seconds);
  beforeAll(async () => {
    startX = await bundleX(folder);
    store = await openStore({ path: join(folder, "store") });
    await makeBusybox(store, image);
    await x("run", "--rm", image, "--", "true");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const x = async (...args: string[]): Promise<XOutcome> => startX(store.path, args).outcome;
  const isClean = async (): Promise<void> => {
    expect(await checkSystem(store)).toEqual([]);
    expect(leftIn(store)).toEqual([]);
    // The kernel ends a container after its launcher, in a moment of its own.
    await vi.waitFor(() => expect(left()).toEqual([]), 10_000);
  };
  /** Starts a container that runs, and says so, until it is killed. */
  const running = async (...options: string[]) => {
    const run = startX(store.path, ["run", ...options, image, "--", "sh", "-c", script]);
    return { run, kill: async () => (run.kill("SIGKILL"), await run.outcome) };
  };
  const script = `echo made > /made; sleep ${seconds}`;
  const runs = (): boolean => listContainers(store).some(({ running: is }) => is);

  test("ends the container, which is kept with what it wrote, and deleted by x rm", async () => {
    const { kill } = await running("--name", "kept");
    const made = () => expect(readdirSync(store.containers).flatMap(upperOf)).toContain("made");
    await vi.waitFor(made, 30_000);
    await vi.waitFor(() => expect(left().length).toBeGreaterThan(0), 30_000);
    await kill();
    await vi.waitFor(() => expect(left()).toEqual([]), 10_000);
    expect((await x("ps")).stdout).toMatch(/ kept .* was killed with its x\n/);
    expect((await x("diff", "kept")).stdout).toBe("A /made\n");
    expect(await x("system", "check")).toMatchObject({ status: 0, stdout: "nothing to mend\n" });
    expect(await x("rm", "kept")).toMatchObject({ status: 0, stdout: "kept\n" });
    expect((await x("ps", "-q")).stdout).toBe("");
    await isClean();
  });

  test("ends one of --rm, of which x system check leaves nothing", async () => {
    const { kill } = await running("--rm");
    await vi.waitFor(() => expect(runs()).toBe(true), 30_000);
    await kill();
    await vi.waitFor(() => expect(left()).toEqual([]), 10_000);
    const { status, stdout } = await x("system", "check");
    expect({ status, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/mended +left-container .*killed/),
    });
    expect(await x("system", "check")).toMatchObject({ status: 0, stdout: "nothing to mend\n" });
    await isClean();
  });

  const upperOf = (id: string): string[] => {
    try {
      return readdirSync(join(store.containers, id, "upper"));
    } catch {
      return []; // one that is in memory, or is just being made
    }
  };

  test("at any of twenty moments of its start leaves nothing that is not mended", async () => {
    const random = seeded(7);
    const [whole] = [await x("run", "--rm", image, "--", "true")];
    const kills = 20;
    let struck = 0;
    for (let i = 0; i < kills; i++) {
      const killAfter = ((i + random()) / kills) * whole.duration!;
      const options = i % 2 === 0 ? ["--rm"] : ["--name", "n"];
      const args = ["run", ...options, image, "--", "true"];
      const { signal } = await startX(store.path, args, { killAfter }).outcome;
      if (signal === "SIGKILL") struck++;
      await vi.waitFor(() => expect(left()).toEqual([]), 10_000);
      const mended = await checkSystem(store, { repair: true });
      expect(mended.every(({ repaired }) => repaired === true)).toBe(true);
      for (const { record, running: is } of listContainers(store)) {
        expect({ name: record.name, is, ephemeral: record.ephemeral }).toEqual({
          name: "n",
          is: false,
          ephemeral: false,
        });
        expect(await x("rm", "n")).toMatchObject({ status: 0 });
      }
      expect(readdirSync(store.containers)).toEqual([]);
      await isClean();
    }
    expect(struck).toBeGreaterThan(kills / 2);
  });

  test.skipIf(process.getuid?.() !== 0)(
    "a mount below the store that a killed process has left is taken away by x system check (mounting takes root)",
    async () => {
      const target = join(store.path, "incoming", "union");
      const [layer] = readdirSync(join(store.path, "layers"));
      mkdirSync(target);
      const union = { lower: [join(store.path, "layers", layer!, "diff")], target };
      await x("mount-and-die", JSON.stringify(union));
      expect(left()).toEqual([expect.stringContaining(target)]);
      const { status, stdout } = await x("system", "check");
      expect(stdout).toMatch(/mended +left-mount +\S+\/incoming\/union/);
      expect(status).toBe(0);
      await isClean();
    },
  );
});
