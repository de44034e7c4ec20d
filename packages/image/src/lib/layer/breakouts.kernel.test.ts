import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dir, file, hardlink, symlink, whiteout } from "../../testing/layer-archive.ts";
import type { Targets } from "../../testing/layer-breakout-case.ts";
import { containerd } from "../../testing/layer-breakouts-of-containerd.ts";
import { others } from "../../testing/layer-breakouts-of-others.ts";
import { apply, extractNaively, makeHost } from "../../testing/layer-host.ts";

const inside: Targets = { etc: "/etc", far: "../../../../../../../../.." };

test("all 34 cases of containerd are here", () => {
  expect(new Set(containerd.map(({ name }) => name)).size).toBe(34);
});

describe.each([
  ["containerd", containerd],
  ["others", others],
] as const)("break-outs of %s stay inside", (_, cases) => {
  test.each(cases)("$name", async ({ below, layer, outcome }) => {
    await using host = makeHost();
    if (below !== undefined) await apply(host.root, below(inside));
    const before = host.canaries();
    const done = apply(host.root, layer(inside));
    if (typeof outcome === "string") {
      await expect(done).rejects.toMatchObject({ code: outcome, field: expect.any(String) });
    } else {
      await done;
      outcome(host.root);
    }
    expect(host.canaries()).toEqual(before);
  });

  test.each(cases)("$name, aimed at the host, as a layer of its own", async ({ below, layer }) => {
    await using host = makeHost();
    const before = host.canaries();
    const targets = { etc: `${host.path}/etc`, far: "../.." };
    for (const entries of [below?.(targets) ?? [], layer(targets)]) {
      await using place = makeHost();
      await apply(place.root, entries, { whiteouts: "overlay" }).catch((error) =>
        expect(error.code).toBe("X_IMAGE_ARCHIVE"),
      );
    }
    const all = [...(below?.(targets) ?? []), ...layer(targets)];
    await apply(host.root, all).catch((error) => expect(error.code).toBe("X_IMAGE_ARCHIVE"));
    expect(host.canaries()).toEqual(before);
  });

  test.each(cases.filter(({ control }) => control))(
    "(control) $name gets out when names are trusted",
    async ({ below, layer }) => {
      await using host = makeHost();
      const before = host.canaries();
      const targets = { etc: `${host.path}/etc`, far: "../.." };
      extractNaively(host.root, [...(below?.(targets) ?? []), ...layer(targets)]);
      expect(host.canaries()).not.toEqual(before);
    },
  );
});

test("no sequence of odd names and links gets out, in one directory or as layers", async () => {
  const name = fc.constantFrom(
    "a",
    "a/b",
    "b/",
    "../x",
    "/etc",
    "..",
    ".",
    "a//b",
    "a/./c",
    "a/../d",
    "b/etc/passwd",
    "a/b/../../../etc",
    "\u00e9",
    "e\u0301",
  );
  const link = fc.constantFrom(
    "a",
    "b",
    "..",
    "../..",
    "../../etc",
    "HOST/etc",
    "HOST/etc/passwd",
    "/",
    "a/b",
    "../etc/passwd",
  );
  const entry = fc.oneof(
    name.map((path) => dir(path)),
    name.map((path) => file(path, "written", { mode: 0o777 })),
    fc.tuple(name, link).map(([path, target]) => symlink(path, target)),
    fc.tuple(name, link).map(([path, target]) => hardlink(path, target)),
    fc
      .constantFrom(
        ".wh.a",
        "a/.wh.etc",
        "b/.wh.passwd",
        "a/.wh..wh..opq",
        ".wh..wh..opq",
        "../.wh.root",
        ".wh...",
        "b/../.wh.a",
      )
      .map((path) => whiteout(path)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 2, maxLength: 12 }), async (entries) => {
      await using host = makeHost();
      const aimed = entries.map((one) =>
        one.link === undefined ? one : { ...one, link: one.link.replace("HOST", host.path) },
      );
      await using other = makeHost();
      const before = [host.canaries(), other.canaries()];
      for (const [root, whiteouts] of [
        [host.root, "flat"],
        [host.root, "flat"],
        [other.root, "overlay"],
      ] as const) {
        await apply(root, aimed, { whiteouts }).catch((error) =>
          expect(error).toMatchObject({ code: "X_IMAGE_ARCHIVE" }),
        );
      }
      expect([host.canaries(), other.canaries()]).toEqual(before);
    }),
    { numRuns: 100 },
  );
});
