import { array, assert, integer, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatIdMap,
  isMapped,
  parseIdMap,
  sameIdMap,
  validateIdMappings,
  type IdMapping,
} from "./id-map.ts";

const line = (containerID: number, hostID: number, size: number): IdMapping => ({
  containerID,
  hostID,
  size,
});

/** The field that is found wrong. */
function fault(mappings: readonly IdMapping[]): string | undefined {
  try {
    validateIdMappings(mappings);
    return undefined;
  } catch (error) {
    return (error as { field: string }).field;
  }
}

describe("validateIdMappings", () => {
  test.each<[string, IdMapping[], string | undefined]>([
    ["takes the map of a container", [line(0, 1000, 1), line(1, 100_000, 65_536)], undefined],
    ["takes the highest id", [line(0, 0, 4_294_967_295)], undefined],
    ["takes maps that touch", [line(0, 5, 5), line(5, 0, 5)], undefined],
    ["refuses an empty map", [], "uidMappings"],
    ["refuses no ids", [line(0, 0, 0)], "uidMappings[0].size"],
    ["refuses a negative number of ids", [line(0, 0, -1)], "uidMappings[0].size"],
    ["refuses half an id", [line(0, 0, 0.5)], "uidMappings[0].size"],
    ["refuses a negative id", [line(0, 0, 1), line(-1, 5, 1)], "uidMappings[1].containerID"],
    ["refuses a fraction", [line(0, 1.5, 1)], "uidMappings[0].hostID"],
    ["refuses what is no number", [line(0, NaN, 1)], "uidMappings[0].hostID"],
    ["refuses the id that means nobody", [line(4_294_967_295, 0, 1)], "uidMappings[0].containerID"],
    ["refuses 2^32", [line(0, 4_294_967_296, 1)], "uidMappings[0].hostID"],
    [
      "refuses a range that goes too far inside",
      [line(10, 0, 4_294_967_290)],
      "uidMappings[0].size",
    ],
    [
      "refuses a range that goes too far outside",
      [line(0, 4_294_967_290, 10)],
      "uidMappings[0].size",
    ],
    ["refuses an overlap inside", [line(0, 0, 10), line(9, 50, 1)], "uidMappings[1].containerID"],
    ["refuses an overlap outside", [line(0, 50, 10), line(20, 45, 6)], "uidMappings[1].hostID"],
    ["refuses an enclosed range", [line(5, 0, 1), line(0, 50, 10)], "uidMappings[1].containerID"],
  ])("%s", (_, mappings, field) => {
    expect(fault(mappings)).toBe(field);
  });

  test("takes 340 lines, and not 341", () => {
    const lines = Array.from({ length: 341 }, (_, i) => line(i, i, 1));
    expect(fault(lines.slice(0, 340))).toBeUndefined();
    expect(fault(lines)).toBe("uidMappings[340]");
  });

  test("refuses what is longer than one write to the kernel, although it has fewer lines", () => {
    const lines = Array.from({ length: 300 }, (_, i) => line(i, 2_000_000_000 + 2 * i, 1));
    expect(formatIdMap(lines).length).toBeGreaterThan(4095);
    expect(fault(lines)).toBe("uidMappings");
  });

  test("names the map it is given", () => {
    expect(() => validateIdMappings([line(0, 0, 0)], "linux.gidMappings")).toThrow(
      expect.objectContaining({ field: "linux.gidMappings[0].size", code: "X_NAMESPACE_INVALID" }),
    );
  });

  test("says the same as a model that counts ids one by one", () => {
    const small = integer({ min: -1, max: 12 });
    const mapping = record({ containerID: small, hostID: small, size: small });
    assert(
      property(array(mapping, { maxLength: 4 }), (mappings) => {
        expect(fault(mappings) === undefined).toBe(model(mappings));
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Every id is listed; none may be negative, and none may be there twice. */
function model(mappings: readonly IdMapping[]): boolean {
  const ids = (side: "containerID" | "hostID"): number[] =>
    mappings.flatMap((one) =>
      Array.from({ length: Math.max(0, one.size) }, (_, i) => one[side] + i),
    );
  return (
    mappings.length > 0 &&
    mappings.every(
      ({ containerID, hostID, size }) => containerID >= 0 && hostID >= 0 && size > 0,
    ) &&
    distinct(ids("containerID")) &&
    distinct(ids("hostID"))
  );
}

function distinct(list: number[]): boolean {
  return new Set(list).size === list.length;
}

describe("a map as text", () => {
  test("is what the kernel shows, whatever the blanks and the order", () => {
    const map = [line(1, 100_000, 65_536), line(0, 1000, 1)];
    expect(formatIdMap(map)).toBe("1 100000 65536\n0 1000 1\n");
    const shown = "         0       1000          1\n         1     100000      65536\n";
    expect(sameIdMap(parseIdMap(shown), map)).toBe(true);
    expect(sameIdMap(parseIdMap(shown), [line(0, 1000, 1)])).toBe(false);
  });

  test("of nobody is empty", () => {
    expect(parseIdMap("")).toEqual([]);
  });

  test("tells who is mapped", () => {
    const map = [line(5, 0, 2)];
    expect([4, 5, 6, 7].map((id) => isMapped(map, id))).toEqual([false, true, true, false]);
  });
});
