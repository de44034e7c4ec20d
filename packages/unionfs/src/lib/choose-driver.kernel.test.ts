import { mkdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { folder } from "../testing/folder.ts";
import { chooseDriver } from "./choose-driver.ts";
import { mountUnion } from "./mount-union.ts";

const root = process.getuid?.() === 0;

describe("the driver that is taken", () => {
  test("is told with the reasons against those before it", async () => {
    const { driver, why, refused } = await chooseDriver();
    expect(why.startsWith(`${driver}: `)).toBe(true);
    for (const one of refused) {
      expect(why).toContain(`not ${one.driver}: `);
      expect(one.reason).not.toBe("");
    }
    const order = ["overlay", "aufs", "fuse-overlayfs", "copy"];
    expect([...refused.map((one) => one.driver), driver]).toEqual(
      order.slice(0, refused.length + 1),
    );
  });

  test("is found once in the life of a process", () => {
    expect(chooseDriver()).toBe(chooseDriver());
  });

  test("makes a union without being named", async () => {
    using place = folder();
    const lower = [place.tree("l", { file: "content" })];
    const options = { lower, upper: place.tree("u", {}), target: place.tree("t", {}) };
    await using union = await mountUnion(options);
    expect(readFileSync(`${union.target}/file`, "utf8")).toBe("content");
    const { driver, why } = await chooseDriver();
    expect([union.driver, union.why]).toEqual([driver, why]);
  });

  test.runIf(root)(
    "is another where overlay refuses to stack what it is given (root alone is asked for overlay)",
    async () => {
      using place = folder();
      const inner = { lower: [place.tree("l", { file: "content" })], tmpfs: {} };
      await using overlay = await mountUnion({ ...inner, target: place.tree("o", {}) });
      const { target: on } = overlay;
      for (const name of ["u", "t"]) mkdirSync(`${on}/${name}`);
      const options = { lower: inner.lower, upper: `${on}/u`, target: `${on}/t` };
      await using union = await mountUnion(options);
      expect(union.driver).not.toBe("overlay");
      expect(union.why).toMatch(/not overlay: .*Invalid argument/);
      expect(readFileSync(`${union.target}/file`, "utf8")).toBe("content");
      const asked = mountUnion({ ...options, driver: "overlay", target: place.tree("t", {}) });
      await expect(asked).rejects.toMatchObject({ code: "X_UNION_BUSY" });
    },
  );

  test("that was asked for is not replaced by another", async () => {
    using place = folder();
    const known = readFileSync("/proc/filesystems", "utf8").includes("\taufs\n");
    if (known) return;
    const lower = [place.tree("l", {})];
    const mounted = mountUnion({ driver: "aufs", lower, target: place.tree("t", {}) });
    await expect(mounted).rejects.toMatchObject({ name: "UnionError" });
  });
});
