import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { archive, chunked, file } from "../../testing/layer-archive.ts";
import { temporaryDirectory } from "../../testing/layer-directory.ts";
import { apply } from "../../testing/layer-host.ts";
import { isRoot } from "../../testing/layer-user.ts";
import { applyLayer } from "./apply.ts";

const overlay = { whiteouts: "overlay" } as const;

describe("applyLayer", () => {
  test("writes sparse files with their holes", async () => {
    await using place = temporaryDirectory();
    const source = join(place.path, "sparse");
    writeFileSync(source, "");
    execFileSync("truncate", ["-s", "8M", source]);
    execFileSync("dd", [
      "if=/dev/urandom",
      `of=${source}`,
      "bs=4k",
      "count=3",
      "seek=999",
      "conv=notrunc",
      "status=none",
    ]);
    for (const format of ["gnu", "posix"]) {
      const tar = execFileSync("tar", [
        "-C",
        place.path,
        "-S",
        `--format=${format}`,
        "-cf",
        "-",
        "sparse",
      ]);
      await applyLayer(chunked(tar), {
        compression: "none",
        directory: place.root,
        whiteouts: "flat",
      });
      const copy = join(place.root, "sparse");
      expect(readFileSync(copy).equals(readFileSync(source))).toBe(true);
      expect(lstatSync(copy).blocks).toBeLessThan(1000);
    }
  });

  test("stops when it is told to, also while nothing comes", async () => {
    await using place = temporaryDirectory();
    const stop = new AbortController();
    async function* stalled(): AsyncGenerator<Uint8Array, void> {
      yield archive(file("f", "x")).subarray(0, 700);
      setTimeout(() => stop.abort(new Error("enough")), 10);
      await new Promise(() => {});
    }
    const options = {
      ...overlay,
      compression: "none",
      directory: place.root,
      signal: stop.signal,
    } as const;
    await expect(applyLayer(stalled(), options)).rejects.toThrow("enough");
  });

  test("lets others run while it works", async () => {
    await using place = temporaryDirectory();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const files = Array.from({ length: 1000 }, (_, index) => file(`${index}`, "x"));
    await apply(place.root, files, overlay);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(1);
  });

  test("leaves no descriptor open, whether it succeeds or fails", async () => {
    await using place = temporaryDirectory();
    const open = (): number => readdirSync("/proc/self/fd").length;
    await apply(place.root, [file("warm", "")]);
    const before = open();
    const entries = Array.from({ length: 200 }, (_, index) => file(`${index}/f`, "x"));
    await apply(place.root, entries);
    await apply(place.root, [...entries, file("a", "x"), file("a/b", "x")]).catch(() => {});
    const cut = archive(file("f", "x".repeat(2000))).subarray(0, 1000);
    await applyLayer(chunked(cut), {
      compression: "none",
      directory: place.root,
      whiteouts: "flat",
    }).catch(() => {});
    expect(open()).toBe(before);
  });

  test.skipIf(!isRoot)(
    "says that the disk is full and what to do (root only: it mounts one)",
    async () => {
      await using place = temporaryDirectory();
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "none", place.root]);
      try {
        const applying = apply(place.root, [file("big", "x".repeat(3_000_000))], overlay);
        await expect(applying).rejects.toMatchObject({
          code: "X_IMAGE_NO_SPACE",
          field: "big",
          message: /cannot write this file: No space left on device \(ENOSPC, 28\).*x system prune/,
        });
      } finally {
        execFileSync("umount", [place.root]);
      }
    },
  );

  test("refuses options and places that make no sense, before anything is read", async () => {
    await using place = temporaryDirectory();
    const never = (async function* (): AsyncGenerator<Uint8Array, void> {
      yield await Promise.reject(new Error("read"));
    })();
    const given = { compression: "none", directory: place.root, whiteouts: "overlay" } as const;
    const wrong: [object, object][] = [
      [{ whiteouts: "aufs" }, { code: "X_IMAGE_INVALID", field: "whiteouts" }],
      [{ owners: "mine" }, { code: "X_IMAGE_INVALID", field: "owners" }],
      [{ opaqueAttribute: "x" }, { code: "X_IMAGE_INVALID", field: "opaqueAttribute" }],
      [{ directory: "" }, { code: "X_IMAGE_INVALID", field: "directory" }],
      [{ directory: place.path }, { code: "X_IMAGE_INVALID", field: "directory" }],
      [{ directory: join(place.path, "none") }, { code: "X_IMAGE_STORE" }],
    ];
    for (const [more, error] of wrong) {
      await expect(applyLayer(never, { ...given, ...more })).rejects.toMatchObject(error);
    }
    expect(existsSync(join(place.path, "none"))).toBe(false);
  });
});
