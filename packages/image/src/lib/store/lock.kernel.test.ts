import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startOnStore } from "../../testing/store-process.ts";
import { lock, tryLock } from "./lock.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "x-lock-"));
});
afterAll(() => rm(folder, { recursive: true }));

const file = (name: string): string => join(folder, name);
const descriptors = (): number => readdirSync("/proc/self/fd").length;

const withoutInotify = [
  ...["unshare", "--user", "--map-root-user", "sh", "-c"],
  'echo 0 > /proc/sys/user/max_inotify_instances && exec "$@"',
  "sh",
];
const [unshare, ...rest] = withoutInotify;
const canUnshare = spawnSync(unshare!, [...rest, "true"]).status === 0;
const noUnshare = canUnshare ? "" : " (skipped: no user namespaces here)";

/** Where a descriptor leads; nowhere, if it was that of the listing itself. */
function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return "";
  }
}

describe("the lock of a file", () => {
  test("is had by one task at a time, and each that waits gets it", async () => {
    const path = file("turns");
    let inside = 0;
    let most = 0;
    const task = async (transient: boolean): Promise<void> => {
      await using _ = await lock(path, { kind: "exclusive", transient });
      most = Math.max(most, ++inside);
      await sleep(1);
      inside--;
    };
    await Promise.all(Array.from({ length: 30 }, () => task(false)));
    expect(most).toBe(1);
    await Promise.all(Array.from({ length: 30 }, (_, index) => task(index % 2 === 0)));
    expect(most).toBe(1);
    await task(true);
    expect(existsSync(path)).toBe(false);
  });

  test("is still one lock when its file was removed while somebody waited", async () => {
    const path = file("removed");
    const first = await lock(path, { kind: "exclusive", transient: true });
    const waiting = lock(path, { kind: "exclusive" });
    first.release();
    const second = await waiting;
    expect(tryLock(path, { kind: "exclusive" })).toBeUndefined();
    second.release();
  });

  test("is had shared by many, and by one alone after them", async () => {
    const path = file("shared");
    const first = await lock(path, { kind: "shared" });
    const second = await lock(path, { kind: "shared" });
    expect(tryLock(path, { kind: "exclusive" })).toBeUndefined();
    const alone = lock(path, { kind: "exclusive" });
    first.release();
    second.release();
    const held = await alone;
    expect(tryLock(path, { kind: "shared" })).toBeUndefined();
    held.release();
    held.release();
    tryLock(path, { kind: "shared" })!.release();
  });

  test("is not waited for any more when the signal says so, and no descriptor is left", async () => {
    const path = file("aborted");
    const held = await lock(path, { kind: "exclusive" });
    const before = descriptors();
    const abort = new AbortController();
    const waiting = lock(path, { kind: "shared", signal: abort.signal });
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await expect(lock(path, { kind: "shared", signal: abort.signal })).rejects.toThrow("enough");
    expect(descriptors()).toBe(before);
    held.release();
  });

  test("goes to who waits for it when its holder is killed", async () => {
    const path = file("killed");
    await using holder = startOnStore("hold", path, "exclusive");
    await holder.begun;
    expect(tryLock(path, { kind: "exclusive" })).toBeUndefined();
    const waiting = lock(path, { kind: "exclusive" });
    // Long enough for whoever would only look a few times to have given up.
    await sleep(1500);
    await holder.kill();
    (await waiting).release();
  });

  test("cannot be had through a symbolic link", async () => {
    await symlink("/dev/null", file("link"));
    await expect(lock(file("link"), { kind: "shared" })).rejects.toMatchObject({
      code: "X_IMAGE_STORE",
    });
  });

  test("may be waited for more often than there are inotify instances for a user", async () => {
    const limit = Number(readFileSync("/proc/sys/fs/inotify/max_user_instances", "utf8"));
    const count = Math.min(limit + 10, 1000);
    const before = descriptors();
    const names = Array.from({ length: count }, (_, index) => file(`many-${index % 20}`));
    const held = await Promise.all(
      [...new Set(names)].map((path) => lock(path, { kind: "exclusive" })),
    );
    const waiting = names.map((path) => lock(path, { kind: "shared" }));
    const open = readdirSync("/proc/self/fd").map(linkOf);
    expect(open.filter((link) => link.includes("inotify"))).toHaveLength(1);
    for (const one of held) one.release();
    for (const one of await Promise.all(waiting)) one.release();
    expect(descriptors()).toBe(before);
  });

  test.skipIf(!canUnshare)(
    `is had also where no inotify instance is left${noUnshare}`,
    async () => {
      const path = file("no-inotify");
      const held = await lock(path, { kind: "exclusive" });
      await using other = startOnStore("hold", path, "exclusive", withoutInotify);
      await sleep(2000);
      held.release();
      await other.begun;
      expect(tryLock(path, { kind: "shared" })).toBeUndefined();
    },
  );
});
