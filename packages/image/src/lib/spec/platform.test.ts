import { expect, test } from "vitest";
import { describeBytes } from "../../testing/transport-bodies.ts";
import { mediaTypes } from "./media-type.ts";
import {
  currentPlatform,
  formatPlatform,
  parsePlatform,
  runsOn,
  selectPlatform,
} from "./platform.ts";
import type { Descriptor, ImageIndex } from "./types.ts";

const entry = (platform: string | undefined, mark = ""): Descriptor => {
  const [os = "", architecture = "", variant] = platform?.split("/") ?? [];
  return {
    ...describeBytes(`${platform}${mark}`, mediaTypes.manifest),
    ...(platform && {
      platform: { os, architecture, ...(variant !== undefined && { variant }) },
    }),
  };
};
const indexOf = (...manifests: Descriptor[]): ImageIndex => ({ schemaVersion: 2, manifests });
const chosen = (wanted: string, ...offered: string[]): string => {
  const found = selectPlatform(
    indexOf(...offered.map((name) => entry(name))),
    parsePlatform(wanted),
  );
  return formatPlatform(found.platform!);
};

test("a platform is read with the names that people use for processors", () => {
  expect(parsePlatform("linux/arm64/v8")).toEqual({
    os: "linux",
    architecture: "arm64",
    variant: "v8",
  });
  expect(parsePlatform("aarch64")).toEqual(parsePlatform("linux/arm64"));
  expect(parsePlatform("linux/x86_64")).toEqual({ os: "linux", architecture: "amd64" });
  expect(parsePlatform("linux/amd64/v1")).toEqual(parsePlatform("amd64"));
  expect(parsePlatform("linux/arm/7")).toEqual(parsePlatform("armhf"));
  expect(formatPlatform(parsePlatform("linux/arm"))).toBe("linux/arm/v7");
  for (const text of ["", "linux/", "a/b/c/d", "linux/../etc"]) {
    expect(() => parsePlatform(text)).toThrow(expect.objectContaining({ code: "X_IMAGE_INVALID" }));
  }
});

test("this machine's platform is Linux on the processor that Node names", () => {
  expect(formatPlatform(currentPlatform("x64"))).toBe("linux/amd64");
  expect(formatPlatform(currentPlatform("arm64"))).toBe("linux/arm64/v8");
  expect(formatPlatform(currentPlatform("riscv64"))).toBe("linux/riscv64");
});

test("an index gives what fits best: the variant, else the highest below it", () => {
  expect(chosen("linux/amd64", "linux/arm64", "linux/amd64")).toBe("linux/amd64");
  expect(chosen("linux/arm64", "linux/arm", "linux/arm64/v8")).toBe("linux/arm64/v8");
  expect(chosen("linux/arm64/v8", "linux/arm64")).toBe("linux/arm64");
  expect(chosen("linux/arm/v7", "linux/arm/v5", "linux/arm/v6")).toBe("linux/arm/v6");
  expect(chosen("linux/arm/v6", "linux/arm/v7", "linux/arm/v5")).toBe("linux/arm/v5");
  expect(chosen("linux/amd64/v3", "linux/amd64", "linux/amd64/v2", "linux/amd64/v4")).toBe(
    "linux/amd64/v2",
  );
  expect(chosen("linux/amd64", "linux/amd64/v2", "linux/amd64/v1")).toBe("linux/amd64/v1");
});

test("of two entries for one platform the first counts", () => {
  const [first, second] = [entry("linux/amd64", "1"), entry("linux/amd64", "2")];
  expect(selectPlatform(indexOf(first, second), parsePlatform("amd64"))).toBe(first);
});

test("an image for other platforms is refused with the platforms there are", () => {
  expect(() => chosen("linux/riscv64", "linux/amd64", "linux/arm/v7", "linux/amd64")).toThrow(
    expect.objectContaining({ code: "X_IMAGE_PLATFORM", hint: "It has linux/amd64, linux/arm/v7" }),
  );
  expect(() => chosen("linux/amd64", "linux/amd64/v3")).toThrow("nothing for linux/amd64");
  expect(() => selectPlatform(indexOf(), parsePlatform("amd64"))).toThrow("no image at all");
});

test("notes that buildkit keeps in an index are no images", () => {
  const note = entry("unknown/unknown");
  const image = entry(undefined);
  expect(selectPlatform(indexOf(note, image), parsePlatform("amd64"))).toBe(image);
});

test("an image runs where its variant is the machine's or lower", () => {
  const runs = (machine: string, image: string) =>
    runsOn(parsePlatform(machine), parsePlatform(image));
  expect(runs("linux/amd64/v3", "linux/amd64")).toBe(true);
  expect(runs("linux/amd64", "linux/amd64/v3")).toBe(false);
  expect(runs("linux/arm64", "linux/arm/v7")).toBe(false);
});
