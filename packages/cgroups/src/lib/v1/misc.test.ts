import { expect, test } from "vitest";
import { misc } from "./misc.ts";
import { filesOf, lines } from "./testing/context.ts";

test("misc of v1 limits its resources by name", () => {
  expect(lines(misc, { misc: { sev: 3, sev_es: "max" } })).toEqual([
    "misc.max=sev 3",
    "misc.max=sev_es max",
  ]);
  expect(misc.limits!(filesOf({ "misc.max": "sev 3\nsev_es max" }))).toEqual({
    misc: { sev: 3, sev_es: "max" },
  });
});

test("misc of v1 counts them", () => {
  const files = {
    "misc.current": "sev 1\nsev_es 0",
    "misc.max": "sev 3\nsev_es max",
    "misc.peak": "sev 2",
    "misc.events": "sev.max 4",
  };
  expect(misc.stat!.misc!(filesOf(files))).toEqual({
    sev: { current: 1, peak: 2, limit: 3, events: { max: 4 } },
    sev_es: { current: 0, limit: "max" },
  });
});
