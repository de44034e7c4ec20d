import { expect, test } from "vitest";
import { validateIdMappings } from "./id-map.ts";
import { ownAndRanges, parseSubordinateIds } from "./subordinate-ids.ts";

const file = `# who may use which ids
alice:100000:65536
bob:165536:65536
1000:300000:10
alice:400000:5
alicette:500000:5
alice:-1:5
alice:many:5
alice:1
`;

test("a user's ranges are found by name, in the order of the file", () => {
  expect(parseSubordinateIds(file, { name: "alice", uid: 1 })).toEqual([
    { start: 100_000, count: 65_536 },
    { start: 400_000, count: 5 },
  ]);
});

test("a user's ranges are found by id", () => {
  expect(parseSubordinateIds(file, { uid: 1000 })).toEqual([{ start: 300_000, count: 10 }]);
});

test("a user without a name is not everybody", () => {
  expect(parseSubordinateIds(file, { name: undefined, uid: 7 })).toEqual([]);
});

test("a container's map has oneself as root and the ranges behind, one after the other", () => {
  const map = ownAndRanges(1000, [
    { start: 100_000, count: 65_536 },
    { start: 400_000, count: 5 },
  ]);
  expect(map).toEqual([
    { containerID: 0, hostID: 1000, size: 1 },
    { containerID: 1, hostID: 100_000, size: 65_536 },
    { containerID: 65_537, hostID: 400_000, size: 5 },
  ]);
  expect(() => validateIdMappings(map)).not.toThrow();
});
