import { expect, test } from "vitest";
import { digestOf } from "../spec/digest.ts";
import { chainId, chainIds } from "./chain-id.ts";

const [a, b, c] = ["a", "b", "c"].map((text) => digestOf(text)) as [
  ReturnType<typeof digestOf>,
  ReturnType<typeof digestOf>,
  ReturnType<typeof digestOf>,
];

test("a chain id is of a layer and of all below it", () => {
  const ab = digestOf(`${a} ${b}`);
  expect(chainIds([a, b, c])).toEqual([a, ab, digestOf(`${ab} ${c}`)]);
  expect(chainIds([b])).toEqual([b]);
  expect(chainIds([])).toEqual([]);
  expect(chainIds([b, a])[1]).not.toBe(ab);
  expect(chainId(ab, c)).toBe(chainIds([a, b, c])[2]);
});
