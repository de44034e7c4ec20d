import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openStore, unpackImage, type Descriptor, type Store } from "@x/image";
import { UnionError } from "@x/unionfs";
import { busyboxMissing, makeBusybox } from "../../testing/busybox-root.ts";
import { start } from "../start.ts";
import { containerChanges } from "./changes.ts";
import { commitContainer } from "./commit.ts";
import { createContainer, type CreatedContainer } from "./create.ts";
import { deleteContainer } from "./delete.ts";

vi.mock("@x/unionfs", async (original) => ({
  ...(await original<object>()),
  overlayFacts: async () => {
    throw new UnionError("X_UNION_UNSUPPORTED", "no overlay can be mounted here: a test says so");
  },
}));

const why = busyboxMissing;

describe.skipIf(why !== "")(`where the kernel stacks no layers${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "x-copied-"));
  let store: Store;
  let image: Descriptor;
  beforeAll(async () => {
    store = await openStore({ path: join(folder, "store") });
    image = await makeBusybox(store, "localhost/busybox:latest");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = async (container: CreatedContainer): Promise<string> => {
    await using running = await start(container.record.sandbox, {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const said = await text(running.stdout!);
    const { code: exitCode, signal } = await running.ended;
    await container.close({ exitCode, signal });
    return said;
  };
  const script = "echo new > /etc/new; rm /bin/true; cat /etc/new; cat /proc/self/mountinfo";

  test("a container gets a copy of them, says why, and is diffed and committed like any other", async () => {
    const container = await createContainer(store, image, {
      args: ["sh", "-c", script],
      cwd: "/srv/work",
    });
    const { record, notices } = container;
    expect(notices[0]).toMatch(/^the image was copied .*: no overlay .*a test says so/);
    const said = await run(container);
    expect(said).toMatch(/^new\n/);
    const rootLine = said.split("\n").find((line) => line.split(" ")[4] === "/");
    expect(rootLine).toMatch(/nosuid,nodev/);

    const changes: string[] = [];
    for await (const { kind, path } of containerChanges(store, record)) {
      changes.push(`${kind} ${path}`);
    }
    expect(changes).toEqual(expect.arrayContaining(["added etc/new", "deleted bin/true"]));
    expect(
      changes.filter((line) => !/ (etc|bin|srv|etc\/new|bin\/true|srv\/work)$/.test(line)),
    ).toEqual([]);

    const committed = await commitContainer(store, record, { name: "localhost/committed:latest" });
    const { lower } = await unpackImage(store, committed.descriptor);
    expect(lower).toHaveLength(2);
    expect(readdirSync(join(lower[0]!, "etc"))).toEqual(["new"]);
    const again = await createContainer(store, committed.descriptor, { args: ["cat", "/etc/new"] });
    expect(await run(again)).toBe("new\n");
    for (const one of [record, again.record]) await deleteContainer(store, one);
  });

  test("one of --rm leaves nothing of its copy", async () => {
    const container = await createContainer(store, image, {
      args: ["sh", "-c", "cat /etc/new; echo done"],
      ephemeral: true,
    });
    expect(await run(container)).toBe("done\n");
    expect(readdirSync(store.containers)).toEqual([]);
    expect(readdirSync(join(store.path, "incoming"))).toEqual([]);
  });
});
