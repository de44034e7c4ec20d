import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testRoot, type TestRoot } from "../testing/root.ts";
import type { Mount, Sandbox } from "./sandbox.ts";
import { run } from "./start.ts";

/** A directory of the "host", outside the root, that nothing may touch. */
let canary: string;
let root: TestRoot;

beforeEach(() => {
  canary = mkdtempSync(join(tmpdir(), "x-canary-"));
  writeFileSync(join(canary, "ptmx"), "a file of the host");
  root = testRoot();
});

afterEach(() => {
  expect(readdirSync(canary)).toEqual(["ptmx"]);
  rmSync(canary, { recursive: true });
  root[Symbol.dispose]();
});

function sandbox(mounts: Mount[] = [], script = "true"): Sandbox {
  return {
    root: { dir: root.dir },
    args: ["/usr/bin/sh", "-c", script],
    mounts: [root.programs, ...mounts],
  };
}

/** The error of a run, or undefined when it ran. */
async function refused(which: Sandbox): Promise<unknown> {
  return run(which).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("a root of one's own", () => {
  test("runs programs, can be written to, and keeps what was written", async () => {
    const result = await run(sandbox([], "echo kept > /kept; cat /kept; ls /proc/1/exe"));
    expect(result).toMatchObject({ exitCode: 0, stdout: "kept\n/proc/1/exe\n" });
    expect(readdirSync(root.dir)).toContain("kept");
  });

  test("shows none of its mounts to the host", async () => {
    await run(sandbox());
    expect(readdirSync(join(root.dir, "proc"))).toEqual([]);
    expect(readdirSync(join(root.dir, "usr"))).toEqual([]);
  });
});

// CVE-2023-27561, CVE-2019-19921, CVE-2026-41579: an image whose mount points are links.
describe("a mount point that is a symbolic link", () => {
  const links = {
    "an absolute link to the host": () => canary,
    "a relative link that climbs out": () => relative(root.dir, canary),
    "a link to nowhere": () => "/no/such/place",
    "a link to itself": () => "proc",
  };
  for (const point of ["proc", "sys", "dev"]) {
    test.each(Object.entries(links))(
      `ends in an error and never outside: ${point} as %s`,
      async (_, target) => {
        symlinkSync(target(), join(root.dir, point));
        expect(await refused(sandbox())).toMatchObject({ name: "PlanError" });
      },
    );
  }

  test("is followed inside the root when the caller's mount goes through it", async () => {
    mkdirSync(join(root.dir, "inner"));
    symlinkSync("/inner", join(root.dir, "link"));
    const mount: Mount = { type: "tmpfs", destination: "/link/made" };
    const { stdout } = await run(sandbox([mount], "ls -d /inner/made; stat -f -c %T /inner/made"));
    expect(stdout).toBe("/inner/made\ntmpfs\n");
  });

  test("does not lead the caller's mount out, be it absolute, relative or the last part", async () => {
    symlinkSync(canary, join(root.dir, "absolute"));
    symlinkSync(relative(root.dir, canary), join(root.dir, "relative"));
    for (const destination of ["/absolute/sub", "/relative/sub", "/absolute", "/relative"]) {
      const error = await refused(sandbox([{ type: "tmpfs", destination }]));
      // In the root the link's target does not exist; a mount on the link itself is no way out.
      if (error !== undefined) {
        expect(error).toMatchObject({ name: "PlanError", field: "mounts[1].destination" });
      }
    }
  });
});

// CVE-2021-30465: the attacker swaps a directory for a link while the container is made.
test("a directory that is swapped for a link during a hundred starts never leads outside", async () => {
  mkdirSync(join(root.dir, "target"));
  const attacker = new Worker(SWAPPING, { eval: true, workerData: [root.dir, canary] });
  let landed = 0;
  try {
    for (let i = 0; i < 100; i++) {
      await refused(
        sandbox([{ type: "tmpfs", destination: "/target/sub" }], "touch /target/sub/x"),
      );
      expect(existsSync(join(canary, "sub"))).toBe(false);
      landed += byPath(join(root.dir, "target"));
    }
  } finally {
    attacker.postMessage("stop");
    await new Promise((resolve) => attacker.once("exit", resolve));
  }
  // The positive control: a runtime that makes its mount points by path would have been led out.
  expect(landed).toBeGreaterThan(0);
});

/** Goes back and forth between a directory and a link to the canary, as fast as it can. */
const SWAPPING = `
  const { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync } = require("node:fs");
  const { workerData: [dir, canary], parentPort } = require("node:worker_threads");
  const [target, spare] = [dir + "/target", dir + "/spare"];
  let go = true;
  parentPort.once("message", () => (go = false));
  // Whoever is attacked makes things there meanwhile: again, until all is as it was.
  const reset = () => {
    try {
      rmSync(target, { recursive: true, force: true });
      rmSync(spare, { recursive: true, force: true });
      mkdirSync(target);
    } catch {
      reset();
    }
  };
  const swap = () => {
    for (let i = 0; i < 100; i++) {
      try {
        renameSync(target, spare);
        symlinkSync(canary, target);
        unlinkSync(target);
        renameSync(spare, target);
      } catch {
        reset();
      }
    }
    if (go) setImmediate(swap); else parentPort.close();
  };
  swap();
`;

/** Makes a directory by path, a thousand times; how often that was outside. */
function byPath(target: string): number {
  let landed = 0;
  for (let i = 0; i < 1000; i++) {
    try {
      mkdirSync(join(target, "control"));
    } catch {
      continue; // there is none at this moment, or one is there already
    } finally {
      if (existsSync(join(canary, "control"))) landed++;
      rmSync(join(canary, "control"), { recursive: true, force: true });
    }
  }
  return landed;
}

describe("what is bound", () => {
  test("shows a directory or a file of the host, read-only if asked, and makes the place for it", async () => {
    const source = mkdtempSync(join(tmpdir(), "x-source-"));
    try {
      writeFileSync(join(source, "file"), "shared\n");
      const mounts: Mount[] = [
        { type: "bind", source, destination: "/a/b/c" },
        {
          type: "bind",
          source: join(source, "file"),
          destination: "/etc/deep/file",
          readonly: true,
        },
      ];
      const script = "cat /a/b/c/file /etc/deep/file; touch /a/b/c/new; echo no > /etc/deep/file";
      const { stdout, stderr } = await run(sandbox(mounts, script));
      expect(stdout).toBe("shared\nshared\n");
      expect(stderr).toMatch(/Read-only file system/);
      expect(readdirSync(source).toSorted()).toEqual(["file", "new"]);
    } finally {
      rmSync(source, { recursive: true });
    }
  });

  test("is refused by field when it is missing, before anything is made", async () => {
    const error = await refused(sandbox([{ type: "bind", source: "/no/such", destination: "/a" }]));
    expect(error).toMatchObject({ name: "SandboxError", field: "mounts[1].source" });
    expect(existsSync(join(root.dir, "a"))).toBe(false);
  });
});

describe("bad input that only the kernel can judge is refused by field", () => {
  test("a working directory that does not exist", async () => {
    expect(await refused({ root: "host", args: ["true"], cwd: "/no/such" })).toMatchObject({
      code: "ENOENT",
      field: "cwd",
    });
  });

  test("200,000 arguments", async () => {
    const args = ["true", ...Array.from({ length: 200_000 }, (_, i) => `argument ${i}`)];
    expect(await refused({ root: "host", args })).toMatchObject({
      field: "args",
      message: expect.stringContaining("E2BIG"),
    });
  });

  test("a root that is a file", async () => {
    expect(await refused({ root: { dir: "/etc/passwd" }, args: ["true"] })).toMatchObject({
      field: "root",
    });
  });
});
