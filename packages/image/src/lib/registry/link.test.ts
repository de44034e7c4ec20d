import { expect, test } from "vitest";
import { nextLink } from "./link.ts";

test.each([
  ['</v2/a/tags/list?last=b&n=1>; rel="next"', "/v2/a/tags/list?last=b&n=1"],
  ['<?n=1>; title="x"; rel=next', "?n=1"],
  ['</first>; rel="first", </next>; rel="next"', "/next"],
  ['</first>; rel="first"', undefined],
  ["nonsense", undefined],
  [null, undefined],
])("%j leads on to %j", (header, next) => {
  expect(nextLink(header)).toBe(next);
});
