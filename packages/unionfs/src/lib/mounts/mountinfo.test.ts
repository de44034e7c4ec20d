import { expect, test } from "vitest";
import { parseMountinfo } from "./mountinfo.ts";

test("a mount is read with what is escaped in its names", () => {
  const line =
    "43 27 0:39 / /tmp/a\\040b\\012c\\134d rw,nodev shared:1 - overlay x-union:1:2:3 " +
    "rw,lowerdir+=/l/a\\054b,lowerdir+=/l2,upperdir=/u,workdir=/w\n";
  const [mount, ...more] = parseMountinfo(line);
  expect(more).toEqual([]);
  expect(mount).toMatchObject({ id: 43, type: "overlay", source: "x-union:1:2:3" });
  expect(mount!.place).toBe("/tmp/a b\nc\\d");
  expect(mount!.options.get("workdir")).toBe("/w");
});

test("names are UTF-8", () => {
  const [mount] = parseMountinfo(
    Buffer.from("1 1 0:1 / /ä rw - tmpfs none rw", "utf8").toString("latin1"),
  );
  expect(mount!.place).toBe("/ä");
});
