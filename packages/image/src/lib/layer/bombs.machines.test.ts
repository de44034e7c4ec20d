import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { applyBomb } from "../../testing/layer-bomb.ts";
import { temporaryDirectory } from "../../testing/layer-directory.ts";

const most = 200 * 2 ** 20;
const limit = "X_IMAGE_LIMIT";
const archive = "X_IMAGE_ARCHIVE";

describe("an archive that wants too much is refused, in less than 200 MB, and leaves nothing", () => {
  test.each<[name: string, code: string, limits?: object]>([
    ["10 GiB of zeros in gzip", limit],
    ["10 GiB of zeros in zstd", limit],
    // Making a million files takes a minute; the limit of entries is lower here.
    ["a million empty files", limit, { entries: 10_000 }],
    ["a million hard links", limit, { entries: 10_000 }],
    ["a million notes about one name", limit, { entries: 10_000 }],
    ["a path of 4,000 directories", limit],
    ["4,000 directories in each other, by way of links", archive],
    ["a PAX header of 1 GiB", limit],
    ["a sparse file of 8 EiB", archive],
    ["a file of 8 EiB", limit],
    ["a file that is longer than the archive", archive],
  ])("%s: %s", async (name, code, limits) => {
    await using place = temporaryDirectory();
    const outcome = await applyBomb(name, place.root, limits);
    expect(outcome).toMatchObject({ code });
    expect(outcome.peakBytes).toBeLessThan(most);
    expect(existsSync(place.root)).toBe(false);
  });
});
