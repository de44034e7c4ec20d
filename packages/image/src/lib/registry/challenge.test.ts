import * as fc from "fast-check";
import { expect, test } from "vitest";
import { mergeScopes, parseChallenges } from "./challenge.ts";

test("a bearer challenge has a realm, a service and a scope with commas in it", () => {
  const header =
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"';
  expect(parseChallenges(header)).toEqual([
    {
      scheme: "bearer",
      parameters: {
        realm: "https://auth.docker.io/token",
        service: "registry.docker.io",
        scope: "repository:a/b:pull,push",
      },
    },
  ]);
});

test("several challenges in one header are told apart", () => {
  expect(
    parseChallenges('Negotiate, Basic realm="a, b", BEARER Realm=x , error="\\"no\\""'),
  ).toEqual([
    { scheme: "negotiate", parameters: {} },
    { scheme: "basic", parameters: { realm: "a, b" } },
    { scheme: "bearer", parameters: { realm: "x", error: '"no"' } },
  ]);
  expect(parseChallenges('NTLM TlRMTVNTUAAB==, Basic realm="r"')).toEqual([
    { scheme: "ntlm", parameters: {} },
    { scheme: "basic", parameters: { realm: "r" } },
  ]);
});

test("of two parameters with one name the first counts, and names have no prototype", () => {
  const [challenge] = parseChallenges('Bearer realm="a",realm="b",__proto__="c"');
  expect(challenge?.parameters["realm"]).toBe("a");
  expect(Object.getPrototypeOf(challenge?.parameters)).toBe(Object.prototype);
});

test("any header at all is read to an end", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[aB =",\\;]{0,40}$/)), (header) => {
      expect(parseChallenges(header).length).toBeLessThanOrEqual(header.length);
    }),
  );
});

test("scopes of one resource become one scope with all its actions", () => {
  expect(mergeScopes(["repository:b:push,pull", "repository:a:pull", "repository:b:pull"])).toEqual(
    ["repository:a:pull", "repository:b:pull,push"],
  );
  expect(mergeScopes(["repository:h:5000/a:pull repository:b:pull", ""])).toEqual([
    "repository:b:pull",
    "repository:h:5000/a:pull",
  ]);
});
