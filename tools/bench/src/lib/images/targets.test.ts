import { expect, test } from "vitest";
import { fastestPeer, type ImageFigures } from "./figures.ts";
import { imageTable } from "./table.ts";
import { missedImageTargets } from "./targets.ts";

function figures(ours: number, memory: number): ImageFigures {
  const parts = { download: 1, sha256: 50, inflate: 3, "create files": 4, fsync: 5 };
  const milliseconds = {
    "x pull": ours,
    "podman pull": 3000,
    "skopeo copy, umoci unpack": 1000,
  };
  return {
    machine: { kernel: "6.1", node: "v20", cpus: 2, load: 0 },
    rounds: 1,
    images: [{ name: "debian", milliseconds, memory: { "x pull": memory }, parts }],
  };
}

test("ours is compared with whoever of the others is faster", () => {
  const [image] = figures(500, 1e8).images;
  expect(fastestPeer(image!)).toEqual({ name: "skopeo copy, umoci unpack", ratio: 0.5 });
});

test("figures within the limits miss no target", () => {
  expect(missedImageTargets(figures(600, 249e6))).toEqual([]);
});

test("each target that is missed has a sentence with the figure and the limit", () => {
  expect(missedImageTargets(figures(700, 260e6))).toEqual([
    "Missed: the pull of debian takes 0.70 of the time of skopeo copy, umoci unpack and should take 0.6 at most.",
    "Missed: x pull of debian has 260 MB of memory and should have less than 250 MB.",
  ]);
});

test("the table says what a pull consists of, as parts of the whole", () => {
  expect(imageTable(figures(500, 1e8))).toMatch(/^ {2}sha256 +50 +10 %$/m);
});
