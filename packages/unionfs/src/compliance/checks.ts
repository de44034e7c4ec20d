import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { MOUNT_ATTR_NOSUID } from "@x/syscall";
import type { UnionOptions } from "../lib/mount-union.ts";
import { isRootOfMachine } from "../lib/overlay/facts.ts";
import type { Union } from "../lib/union-handle.ts";
import type { Folder } from "../testing/folder.ts";
import { list } from "../testing/list.ts";
import { attribute } from "../testing/marks.ts";
import { mountsIn } from "../testing/mounts-in.ts";
import { memoryHasAttributes } from "../testing/memory-attributes.ts";
import { churn } from "./churn.ts";

/** What a check works with. */
export interface Bench {
  readonly place: Folder;
  /** Stacks with the driver that is checked; what is left out is made in `place`. */
  readonly mount: (options: Partial<UnionOptions> & { lower: readonly string[] }) => Promise<Union>;
  /** The driver, and whether what is written goes into memory. */
  readonly driver: string;
  readonly tmpfs: boolean;
  /** Root of the machine, or of a user namespace. */
  readonly root: boolean;
}

/** What a driver must do, by the sentence that is then true. A check throws when it is not. */
export const checks: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  "layers are merged, and the topmost wins": async ({ place, mount }) => {
    const lower = [
      place.tree("l1", { both: "1", "d/one": "1" }),
      place.tree("l2", { both: "2", "d/two": "2" }),
      place.tree("l3", { "d/three": "3" }),
    ];
    await using union = await mount({ lower });
    equal(readFileSync(`${union.target}/both`, "utf8"), "1");
    deepEqual(readdirSync(`${union.target}/d`).toSorted(), ["one", "three", "two"]);
  },

  "what is written goes on top, and never below": async ({ place, mount }) => {
    const lower = [place.tree("l", { "d/file": "old" })];
    await using union = await mount({ lower });
    writeFileSync(`${union.target}/d/file`, "new");
    writeFileSync(`${union.target}/d/more`, "");
    renameSync(`${union.target}/d/more`, `${union.target}/d/renamed`);
    equal(readFileSync(`${union.target}/d/file`, "utf8"), "new");
    equal(readFileSync(place.at("l/d/file"), "utf8"), "old");
    deepEqual(readdirSync(place.at("l/d")), ["file"]);
  },

  "what is deleted is gone, and a directory that is made anew is empty": async (bench) => {
    const { place, mount } = bench;
    // There, overlay could not mark a directory as opaque.
    if (bench.tmpfs && !isRootOfMachine() && !memoryHasAttributes()) return;
    const lower = [place.tree("l", { f: "", "d/old": "" })];
    await using union = await mount({ lower });
    rmSync(`${union.target}/f`);
    rmSync(`${union.target}/d`, { recursive: true });
    deepEqual(readdirSync(union.target), []);
    mkdirSync(`${union.target}/d`);
    deepEqual(readdirSync(`${union.target}/d`), []);
    equal(existsSync(place.at("l/d/old")), true);
  },

  "what was written is there again the next time": async ({ place, mount, tmpfs }) => {
    if (tmpfs) return;
    const lower = [place.tree("l", { kept: "k", gone: "", "d/x": "" })];
    {
      await using union = await mount({ lower });
      writeFileSync(`${union.target}/new`, "n");
      rmSync(`${union.target}/gone`);
      rmSync(`${union.target}/d`, { recursive: true });
      mkdirSync(`${union.target}/d`);
    }
    deepEqual(readdirSync(place.at("target")), []);
    await using union = await mount({ lower });
    deepEqual(readdirSync(union.target).toSorted(), ["d", "kept", "new"]);
    deepEqual(readdirSync(`${union.target}/d`), []);
  },

  "paths may be made of anything": async ({ place, mount, tmpfs, driver }) => {
    const odd = ["a:b", "c,d", "e f", "g\nh", "i\\j", "k=\\054", "l\"m'"];
    const lower = odd.map((name, i) => place.tree(name, { [`file${i}`]: "" }));
    // The program of fuse-overlayfs takes colons in lower directories alone.
    const colon = driver === "fuse-overlayfs" ? "" : ":";
    const [up, down, at] = [`up${colon},`, `wo \\${colon}`, `tar,get${colon}\n`] as const;
    for (const name of [up, down, at]) mkdirSync(place.at(name));
    const target = place.at(at);
    const own = tmpfs ? {} : { upper: place.at(up), work: place.at(down) };
    await using union = await mount({ lower, ...own, target });
    equal(readdirSync(union.target).length, odd.length);
    writeFileSync(`${target}/new`, "");
  },

  "files below are seen as they are": async ({ place, mount, driver }) => {
    const lower = [place.tree("l", { file: "content", "d/x": "" })];
    linkSync(place.at("l/file"), place.at("l/d/link"));
    symlinkSync("../file", place.at("l/d/symbolic"));
    chmodSync(place.at("l/file"), 0o4751);
    attribute(place.at("l/file"), "user.note", "kept");
    await using union = await mount({ lower });
    for (const name of ["file", "d/link", "d/x"]) {
      const [here, below] = [`${union.target}/${name}`, place.at("l", name)].map((path) => {
        const { mode, uid, gid, size, mtimeNs, nlink } = statSync(path, { bigint: true });
        // fuse-overlayfs counts no names.
        return { mode, uid, gid, size, mtimeNs, ...(driver === "fuse-overlayfs" ? {} : { nlink }) };
      });
      deepEqual(here, below);
    }
    equal(readFileSync(`${union.target}/d/symbolic`, "utf8"), "content");
  },

  "500 layers are one tree": async ({ place, mount }) => {
    const lower = Array.from({ length: 500 }, (_, i) =>
      place.tree(`l${i}`, i % 50 === 0 ? { same: String(i), [`file${i}`]: "" } : {}),
    );
    await using union = await mount({ lower });
    equal(readFileSync(`${union.target}/same`, "utf8"), "0");
    equal(readdirSync(union.target).length, 11);
  },

  "a read-only union takes nothing": async ({ place, mount, driver, root }) => {
    if (driver === "copy" && !root) return;
    const one = place.tree("l1", { "d/file": "1" });
    for (const lower of [[one], [one, place.tree("l2", { "d/other": "2" })]]) {
      await using union = await mount({ lower, readonly: true });
      throws(() => writeFileSync(`${union.target}/new`, ""), { code: "EROFS" });
      throws(() => unlinkSync(`${union.target}/d/file`), { code: "EROFS" });
      equal(readdirSync(`${union.target}/d`).length, lower.length);
    }
  },

  "memory for what is written ends where it was told to": async ({ place, mount, root }) => {
    if (!root) return;
    const lower = [place.tree("l", { file: "" })];
    await using union = await mount({ lower, tmpfs: { sizeBytes: 1 << 20 } });
    writeFileSync(`${union.target}/little`, Buffer.alloc(1 << 18));
    const much = Buffer.alloc(1 << 21);
    throws(() => writeFileSync(`${union.target}/much`, much), { code: "ENOSPC" });
  },

  "a union has the attributes that it was given": async ({ place, mount, driver, root }) => {
    if (driver === "copy" && !root) return;
    await using union = await mount({
      lower: [place.tree("l", {})],
      attributes: MOUNT_ATTR_NOSUID,
    });
    const line = readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .findLast((one) => one.split(" ")[4] === union.target);
    equal(line?.split(" ")[5]?.split(",").includes("nosuid"), true);
  },

  "a union in use is not unmounted, unless it is let go of": async ({ place, mount, driver }) => {
    if (driver === "copy") return;
    const union = await mount({ lower: [place.tree("l", { file: "" })] });
    const before = process.cwd();
    process.chdir(union.target);
    try {
      await rejects(union.unmount(), { code: "X_UNION_BUSY" });
      await union[Symbol.asyncDispose]();
    } finally {
      process.chdir(before);
    }
    deepEqual(readdirSync(union.target), []);
    await union.unmount();
  },

  "what changed is told": async ({ place, mount, tmpfs }) => {
    if (tmpfs) return;
    const lower = [
      place.tree("l1", { "etc/hosts": "1" }),
      place.tree("l2", { "etc/passwd": "2", "etc/group": "3", "var/log/x": "", "usr/bin/sh": "" }),
    ];
    await using union = await mount({ lower });
    const { target } = union;
    writeFileSync(`${target}/etc/hosts`, "changed");
    rmSync(`${target}/etc/passwd`);
    mkdirSync(`${target}/opt/new`, { recursive: true });
    writeFileSync(`${target}/opt/new/file`, "");
    rmSync(`${target}/var/log`, { recursive: true });
    mkdirSync(`${target}/var/log`);
    writeFileSync(`${target}/var/log/y`, "");
    readFileSync(`${target}/usr/bin/sh`);
    const told = await list(union.changes());
    deepEqual(
      told.map((line) => line.replace(/ (opaque|covered)/, "")),
      [
        "C etc",
        "C etc/hosts",
        "D etc/passwd",
        "A opt",
        "A opt/new",
        "A opt/new/file",
        "C var",
        "C var/log",
        "D var/log/x",
        "A var/log/y",
      ],
    );
  },

  "what changed is what two looks at the tree differ in": async ({ place, mount, tmpfs }) => {
    if (tmpfs) return;
    await churn(place, mount);
  },

  "an upper directory is in one union only": async ({ place, mount, tmpfs }) => {
    if (tmpfs) return;
    const lower = [place.tree("l", {})];
    await using union = await mount({ lower });
    mkdirSync(place.at("second"));
    await rejects(mount({ lower, target: place.at("second") }), { code: "X_UNION_BUSY" });
    await union.unmount();
    await (await mount({ lower, target: place.at("second") })).unmount();
  },

  "a union that is aborted leaves nothing": async ({ place, mount }) => {
    const lower = [place.tree("l", { file: "" })];
    for (const delay of [0, 1, 2, 4]) {
      const controller = new AbortController();
      const mounted = mount({ lower, signal: controller.signal });
      setTimeout(() => controller.abort(new Error("enough")), delay);
      const union = await mounted.catch((error: Error) => void equal(error.message, "enough"));
      await union?.unmount();
      deepEqual(mountsIn(place), []);
      deepEqual(readdirSync(place.at("target")), []);
    }
    await rejects(mount({ lower, signal: AbortSignal.abort(new Error("before")) }), /before/);
  },

  "a union that cannot be made leaves nothing": async ({ place, mount }) => {
    const missing = [place.tree("l", { file: "" }), place.at("missing")];
    const descriptors = readdirSync("/proc/self/fd").length;
    await rejects(mount({ lower: missing }), { name: "UnionError" });
    deepEqual(mountsIn(place), []);
    equal(readdirSync("/proc/self/fd").length, descriptors);
    deepEqual(readdirSync(place.at("target")), []);
    await rejects(mount({ lower: [], target: place.at("target") }), { code: "X_UNION_INVALID" });
  },
};
