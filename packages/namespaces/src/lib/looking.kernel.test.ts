import {
  lstatSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot, printed } from "../testing/outcome.ts";
import { startThread } from "../testing/thread.ts";
import { clone } from "./clone.ts";
import { enter } from "./enter.ts";
import { keep, letGo } from "./keep.ts";
import { allKinds, namespaceKinds } from "./kinds.ts";
import { listNamespaces, type ListedNamespace } from "./list-namespaces.ts";
import { namespacesOf, sameNamespace } from "./namespaces-of.ts";
import type { NamespacedProcess } from "./process.ts";

let target: NamespacedProcess;
beforeAll(async () => {
  target = await clone(["sleep", "600"], { namespaces: allKinds, hostname: "target" });
});
afterAll(() => target[Symbol.asyncDispose]());

describe("namespacesOf", () => {
  test("gives what the links of /proc say", () => {
    for (const [kind, { inode }] of Object.entries(namespacesOf("self"))) {
      const { file } = namespaceKinds[kind as keyof typeof namespaceKinds];
      expect(readlinkSync(`/proc/self/ns/${file}`)).toBe(`${file}:[${inode}]`);
    }
  });

  test("of a process that there is not is refused", () => {
    expect(() => namespacesOf(4_000_000)).toThrow(
      expect.objectContaining({ code: "X_NAMESPACE_GONE" }),
    );
  });

  test.skipIf(isRoot)("of somebody else's process is Node's own error (not as root)", () => {
    expect(() => namespacesOf(1)).toThrow(expect.objectContaining({ code: "EACCES" }));
  });
});

test("sameNamespace tells whether two processes share one", () => {
  expect(sameNamespace(process.pid, "self", "net")).toBe(true);
  expect(sameNamespace(process.pid, target.pid, "net")).toBe(false);
  expect(() => sameNamespace(process.pid, 4_000_000, "net")).toThrow("has ended");
});

describe("listNamespaces", () => {
  const of = (list: readonly ListedNamespace[], pid: number): ListedNamespace[] =>
    list.filter(({ processes }) => processes.includes(pid));

  test("lists the eight of a process, once each, with the process in it", async () => {
    const listed = of(await listNamespaces(), target.pid);
    const ids = listed.map(({ kind, inode, device }) => ({ kind, inode, device }));
    expect(ids).toEqual(allKinds.map((kind) => namespacesOf(target.pid)[kind]));
    expect(listed.every(({ processes }) => processes.length === 1)).toBe(true);
  });

  test("knows what belongs to which user namespace, and what came of which", async () => {
    const list = await listNamespaces();
    const own = namespacesOf("self");
    const user = namespacesOf(target.pid).user?.inode;
    for (const one of of(list, target.pid)) {
      const outer = one.kind === "user" || one.kind === "pid" ? own[one.kind]?.inode : undefined;
      expect(one).toMatchObject({
        userNamespace: one.kind === "user" ? own.user?.inode : user,
        parent: outer,
        owner: one.kind === "user" ? process.getuid?.() : undefined,
      });
    }
  });

  test("says nothing of what is beyond our own user namespace", async () => {
    const own = (await listNamespaces()).find(
      ({ inode }) => inode === namespacesOf("self").user?.inode,
    );
    expect(own).toMatchObject({ userNamespace: undefined, parent: undefined });
  });

  test.skipIf(!isRoot)(
    "counts threads, which have namespaces of their own (needs root)",
    async () => {
      await using thread = startThread();
      await thread.call("unshare", ["uts"]);
      const { uts } = await thread.call("namespaces");
      const listed = (await listNamespaces()).find(({ inode }) => inode === uts?.inode);
      expect(listed?.processes).toEqual([process.pid]);
    },
  );
});

describe.skipIf(!isRoot)("a namespace that is kept (needs root)", () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "keep-"))));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(["uts", "net", "ipc", "cgroup", "time"] as const)(
    "outlives its processes, can be entered, and is let go: %s",
    async (kind) => {
      const path = join(folder, `a ${kind}`);
      const namespaces = [kind];
      const child = await clone(["sleep", "60"], { namespaces });
      const id = namespacesOf(child.pid)[kind];
      keep(child.pid, kind, path);
      await child[Symbol.asyncDispose]();

      expect(statSync(path).ino).toBe(id?.inode);
      const listed = (await listNamespaces()).find(({ inode }) => inode === id?.inode);
      expect(listed).toMatchObject({ kind, processes: [], paths: [path] });
      const { file } = namespaceKinds[kind];
      const inside = await printed(enter({ [kind]: path }, ["readlink", `/proc/self/ns/${file}`]));
      expect(inside).toBe(`${file}:[${id?.inode}]`);

      letGo(path);
      letGo(path);
      expect(lstatSync(path, { throwIfNoEntry: false })).toBeUndefined();
      const after = (await listNamespaces()).find(({ inode }) => inode === id?.inode);
      expect(after).toBeUndefined();
    },
  );

  test("does not take the place of a file", () => {
    const path = join(folder, "file");
    writeFileSync(path, "mine");
    expect(() => keep("self", "uts", path)).toThrow(expect.objectContaining({ code: "EEXIST" }));
    expect(statSync(path).size).toBe(4);
  });

  test("that the kernel refuses to mount leaves no file", () => {
    const path = join(folder, "nobody");
    // A mount namespace may not be mounted in itself: it could never end.
    expect(() => keep("self", "mount", path)).toThrow(expect.objectContaining({ code: "EINVAL" }));
    expect(lstatSync(path, { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe("letGo refuses what is no mounted namespace, and leaves it alone", () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "let-go-"))));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(["a file", "a folder", "a link"])("%s", (what) => {
    const path = join(folder, what);
    if (what === "a file") writeFileSync(path, "");
    if (what === "a link") symlinkSync("/proc/self/ns/uts", path);
    expect(() => letGo(what === "a folder" ? folder : path)).toThrow(
      expect.objectContaining({ code: "X_NAMESPACE_NOT_ONE" }),
    );
    expect(lstatSync(what === "a folder" ? folder : path)).toBeDefined();
  });
});
