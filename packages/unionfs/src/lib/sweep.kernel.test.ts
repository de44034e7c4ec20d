import { existsSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { MOUNT_ATTR_NOSUID } from "@x/syscall";
import { describe, expect, test } from "vitest";
import { findProgram } from "./fuse/find-program.ts";
import { folder, type Folder } from "../testing/folder.ts";
import { mountsIn } from "../testing/mounts-in.ts";
import { mountAndDie } from "../testing/killed.ts";
import { openMounts } from "./mounts/watch.ts";
import { mountUnion, type UnionOptions } from "./mount-union.ts";
import { sweepUnions } from "./sweep.ts";

const root = process.getuid?.() === 0;

function union(place: Folder, driver: NonNullable<UnionOptions["driver"]>): UnionOptions {
  return {
    driver,
    lower: [place.tree("l", { file: "below" })],
    upper: place.tree("u", {}),
    work: place.tree("w", {}),
    target: place.tree("target", {}),
  };
}

describe.skipIf(!root)("what a process leaves that is killed (mounting takes root)", () => {
  test.each(["overlay", "copy"] as const)(
    "by %s, is swept and can be had again",
    async (driver) => {
      using place = folder();
      const options = union(place, driver);
      const more = { volatile: true, attributes: MOUNT_ATTR_NOSUID };
      await mountAndDie({ ...options, ...more });
      expect(existsSync(`${options.target}/file`)).toBe(true);
      writeFileSync(`${options.target}/new`, "");

      const target = realpathSync(options.target);
      expect(await sweepUnions(place.path, { copies: true })).toEqual([{ target, type: driver }]);
      expect(await sweepUnions(place.path, { copies: true })).toEqual([]);
      expect(readdirSync(options.target)).toEqual([]);
      expect(mountsIn(place)).toEqual([]);
      await using again = await mountUnion({ ...options, volatile: true });
      expect(readdirSync(again.target).toSorted()).toEqual(["file", "new"]);
    },
  );

  test("in memory, is swept too", async () => {
    using place = folder();
    const { lower, target } = union(place, "overlay");
    await mountAndDie({ driver: "overlay", lower, target, tmpfs: {} });
    await mountAndDie({ driver: "copy", lower, target: place.tree("other", {}), tmpfs: {} });
    expect(mountsIn(place)).toHaveLength(2);
    expect((await sweepUnions(place.path, { copies: true })).map(({ type }) => type)).toEqual([
      "tmpfs",
      "overlay",
    ]);
    expect(mountsIn(place)).toEqual([]);
  });

  test("volatile is not refused the next time, even without a sweep", async () => {
    using place = folder();
    const options = { ...union(place, "overlay"), volatile: true };
    await (await mountUnion(options)).unmount();
    expect(existsSync(place.at("w/work/incompat"))).toBe(false);
    await (await mountUnion(options)).unmount();
  });

  test.skipIf(findProgram("fuse-overlayfs") === undefined)(
    "by fuse-overlayfs, ends with the process (fuse-overlayfs must be installed)",
    async () => {
      using place = folder();
      using mounts = openMounts();
      const options = union(place, "fuse-overlayfs");
      const target = realpathSync(options.target);
      await mountAndDie(options);
      const mounted = (): boolean => mounts.read().some((mount) => mount.place === target);
      while (mounted()) await mounts.changed();
      expect(await sweepUnions(place.path, { copies: true })).toEqual([]);
    },
  );

  test("nothing is swept of a process that lives", async () => {
    using place = folder();
    await using overlay = await mountUnion(union(place, "overlay"));
    const target = place.tree("copy", {});
    await using copy = await mountUnion({ driver: "copy", lower: [place.at("l")], target });
    expect(await sweepUnions(place.path, { copies: true })).toEqual([]);
    expect(existsSync(`${overlay.target}/file`)).toBe(true);
    expect(existsSync(`${copy.target}/file`)).toBe(true);
  });
});
