import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { O_CLOEXEC, O_DIRECTORY, O_PATH, syscall } from "@x/syscall";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/layer-directory.ts";
import { asOrdinaryUser, isRoot, ordinaryUser } from "../../testing/layer-user.ts";
import { removeTree } from "./remove-tree.ts";

describe("removeTree", () => {
  test("removes a tree and leaves what its links point to", async () => {
    await using place = temporaryDirectory();
    const outside = join(place.path, "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "canary"), "sings");
    mkdirSync(join(place.root, "a/b"), { recursive: true });
    writeFileSync(join(place.root, "a/b/file"), "");
    symlinkSync(outside, join(place.root, "a/link"));
    symlinkSync("/", join(place.root, "a/b/root"));
    await removeTree(place.root);
    expect(existsSync(place.root)).toBe(false);
    expect(readFileSync(join(outside, "canary"), "utf8")).toBe("sings");
  });

  test("removes a link to a directory, not the directory, and is content with nothing", async () => {
    await using place = temporaryDirectory();
    const link = join(place.path, "link");
    symlinkSync(place.root, link);
    await removeTree(link);
    await removeTree(link);
    await removeTree(join(link, "a/b"));
    expect(existsSync(link)).toBe(false);
    expect(existsSync(place.root)).toBe(true);
  });

  test("removes a tree that is 4,000 directories deep, with some beside each", async () => {
    await using place = temporaryDirectory();
    let fd = syscall("openat", -100, place.root, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    for (let depth = 0; depth < 4000; depth++) {
      syscall("mkdirat", fd, "directory", 0o700);
      if (depth % 50 === 0) syscall("mkdirat", fd, "beside", 0o700);
      const next = syscall("openat", fd, "directory", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
      syscall("close", fd);
      fd = next;
    }
    syscall("close", fd);
    const path = join(place.root, ...Array<string>(4000).fill("directory"));
    expect(() => readdirSync(path)).toThrow(/ENAMETOOLONG/);
    await removeTree(place.root);
    expect(existsSync(place.root)).toBe(false);
  });

  test("removes many files from one directory", async () => {
    await using place = temporaryDirectory();
    for (let file = 0; file < 5000; file++) writeFileSync(join(place.root, `file ${file}`), "");
    await removeTree(place.root);
    expect(existsSync(place.root)).toBe(false);
  });

  test("removes directories that their owner may not enter, read or write", async () => {
    await using place = temporaryDirectory(isRoot ? ordinaryUser : undefined);
    await asOrdinaryUser(async () => {
      for (const mode of [0, 0o500, 0o300, 0o100]) {
        const directory = join(place.root, `${mode}`);
        mkdirSync(join(directory, "inner"), { recursive: true });
        writeFileSync(join(directory, "inner/file"), "");
        chmodSync(join(directory, "inner"), mode);
        chmodSync(directory, mode);
      }
      chmodSync(place.root, 0);
      expect(() => rmSync(place.root, { recursive: true })).toThrow(/EACCES|denied/);
      await removeTree(place.root);
      expect(existsSync(place.root)).toBe(false);
    });
  });

  test.skipIf(!isRoot)("stays out of what is mounted in it (only root can mount)", async () => {
    await using place = temporaryDirectory();
    const mounted = join(place.root, "a/mounted");
    mkdirSync(mounted, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "none", mounted]);
    try {
      writeFileSync(join(mounted, "canary"), "sings");
      const refused = { code: "X_IMAGE_IN_USE", message: /something is mounted at mounted/ };
      await expect(removeTree(place.root)).rejects.toMatchObject({ code: refused.code });
      expect(readFileSync(join(mounted, "canary"), "utf8")).toBe("sings");
    } finally {
      execFileSync("umount", [mounted]);
    }
  });

  test("stops when it is told to", async () => {
    await using place = temporaryDirectory();
    writeFileSync(join(place.root, "file"), "");
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(removeTree(place.root, { signal })).rejects.toThrow("enough");
  });
});
