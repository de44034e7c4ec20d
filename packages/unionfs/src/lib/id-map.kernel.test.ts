import { chownSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { folder } from "../testing/folder.ts";
import { list } from "../testing/list.ts";
import { mountUnion, type UnionOptions } from "./mount-union.ts";

const root = process.getuid?.() === 0;
const ranges = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
const idmap = { uidMappings: ranges, gidMappings: ranges };

function owner(path: string): [number, number] {
  const { uid, gid } = statSync(path);
  return [uid, gid];
}

describe.skipIf(!root)("layers with other ids (which takes root)", () => {
  test.each([undefined, "copy"] as const)(
    "are had by driver %s, and the layers keep theirs",
    async (driver) => {
      using place = folder();
      const lower = [place.tree("l", { root: "", "d/user": "" })];
      chownSync(place.at("l/d/user"), 1000, 1001);
      const options: UnionOptions = {
        ...(driver === undefined ? {} : { driver }),
        idmap,
        lower,
        upper: place.tree("u", {}),
        target: place.tree("t", {}),
      };
      await using union = await mountUnion(options);
      expect(owner(`${union.target}/root`)).toEqual([100_000, 100_000]);
      expect(owner(`${union.target}/d/user`)).toEqual([101_000, 101_001]);
      expect(owner(place.at("l/d/user"))).toEqual([1000, 1001]);
      writeFileSync(`${union.target}/d/user`, "changed");
      expect(owner(`${union.target}/d/user`)).toEqual([101_000, 101_001]);
      expect(await list(union.changes())).toEqual(["C d", "C d/user"]);
      expect(readFileSync(place.at("l/d/user"), "utf8")).toBe("");
    },
  );

  test("are had by whatever can do it here, which is told", async () => {
    using place = folder();
    const lower = [place.tree("l", { file: "" })];
    await using union = await mountUnion({ idmap, lower, target: place.tree("t", {}), tmpfs: {} });
    expect(owner(`${union.target}/file`)).toEqual([100_000, 100_000]);
    expect(union.why).toMatch(/^overlay: .*id-mapped mounts$|^copy: .*; not overlay: /);
  });

  test("are had by copy where the file system of a layer cannot: one of /proc", async () => {
    using place = folder();
    const options = { idmap, lower: ["/proc/sys/kernel/keys"], target: place.tree("t", {}) };
    await using union = await mountUnion({ ...options, upper: place.tree("u", {}) });
    expect(union.driver).toBe("copy");
    expect(union.why).toMatch(/; not overlay: .*mount_setattr/);
    expect(owner(`${union.target}/maxkeys`)).toEqual([100_000, 100_000]);
  });

  test("an owner in no range is named, where files are copied", async () => {
    using place = folder();
    const lower = [place.tree("l", { "d/file": "" })];
    chownSync(place.at("l/d/file"), 70_000, 0);
    const target = place.tree("t", {});
    const mounted = mountUnion({ driver: "copy", idmap, lower, target });
    await expect(mounted).rejects.toMatchObject({ code: "X_UNION_COPY", field: "idmap" });
    await expect(mounted).rejects.toThrow(/"d\/file" belongs to 70000:0, which is in no range/);
  });

  test("ranges that make no sense are refused before anything is done", async () => {
    const nothing = { lower: ["/nonexistent"], target: "/nonexistent" };
    const bad = { ...idmap, gidMappings: [{ containerID: 0, hostID: 4_294_967_295, size: 1 }] };
    const mounted = mountUnion({ ...nothing, idmap: bad });
    await expect(mounted).rejects.toMatchObject({ field: "idmap.gidMappings[0]" });
  });
});
