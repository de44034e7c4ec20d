import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  authKey,
  authKeys,
  entryIn,
  entryOf,
  helperIn,
  normalKey,
  parseAuthFile,
} from "./credentials.ts";

const alice = { username: "alice", password: "a:b" };
const entry = entryOf("alice", "a:b");

test.each([
  ["localhost:5000", "localhost:5000"],
  ["https://localhost:5000", "localhost:5000"],
  ["http://localhost:5000/v2/", "localhost:5000"],
  ["https://index.docker.io/v1/", "docker.io"],
  ["registry-1.docker.io", "docker.io"],
  ["index.docker.io", "docker.io"],
  ["Quay.io", "quay.io"],
  ["https://quay.io/some/path", "quay.io"],
  ["quay.io/a/b", "quay.io/a/b"],
  ["quay.io/a/", "quay.io/a"],
])("%s in a file is meant for %s", (key, meant) => {
  expect(normalKey(key)).toBe(meant);
});

test("credentials are looked for by repository, then by what it is under, then by registry", () => {
  expect(authKeys({ registry: "quay.io", repository: "a/b" })).toEqual([
    "quay.io/a/b",
    "quay.io/a",
    "quay.io",
  ]);
  const file = { auths: { "quay.io": entryOf("r", "1"), "quay.io/a": entry } };
  expect(entryIn(file, authKeys({ registry: "quay.io", repository: "a/b" }))).toEqual(alice);
  expect(entryIn(file, authKeys({ registry: "quay.io", repository: "ab" }))).toEqual({
    username: "r",
    password: "1",
  });
});

test("credentials for one registry are not those for another with a similar name", () => {
  const file = { auths: { "localhost:5000": entry, "example.com": entry } };
  for (const registry of [
    "localhost",
    "localhost:50000",
    "example.com:443",
    "xexample.com",
    "example.co",
  ]) {
    expect(entryIn(file, authKeys({ registry, repository: "a" })), registry).toBeUndefined();
  }
});

test("docker.io's are found under the name that docker keeps them under", () => {
  expect(authKey("docker.io")).toBe("https://index.docker.io/v1/");
  const file = { auths: { [authKey("docker.io")]: entry } };
  expect(entryIn(file, authKeys({ registry: "docker.io", repository: "library/a" }))).toEqual(
    alice,
  );
});

test("an identity token goes before a password, and an empty entry is none", () => {
  const keys = ["a.com"];
  expect(entryIn({ auths: { "a.com": { ...entry, identitytoken: "t" } } }, keys)).toEqual({
    identityToken: "t",
  });
  expect(entryIn({ auths: { "a.com": { username: "u", password: "p" } } }, keys)).toEqual({
    username: "u",
    password: "p",
  });
  expect(entryIn({ auths: { "a.com": {} } }, keys)).toBeUndefined();
  expect(entryIn({ auths: { "a.com": { auth: "Og==" } } }, keys)).toBeUndefined();
  expect(entryIn({}, keys)).toBeUndefined();
});

test("a helper for one registry goes before the store for all", () => {
  const file = { credHelpers: { "https://gcr.io": "gcloud" }, credsStore: "secretservice" };
  expect(helperIn(file, "gcr.io")).toBe("gcloud");
  expect(helperIn(file, "quay.io")).toBe("secretservice");
  expect(helperIn({ credsStore: "" }, "quay.io")).toBeUndefined();
});

test("whatever name and password are stored, they are read back", () => {
  const name = fc.string({ minLength: 1 }).filter((text) => !/[:\0]/.test(text));
  const password = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));
  fc.assert(
    fc.property(name, password, (username, password) => {
      const file = { auths: { "a.com": entryOf(username, password) } };
      const read = parseAuthFile(JSON.stringify(file))!;
      expect(entryIn(read, ["a.com"])).toEqual({ username, password });
    }),
  );
});

test.each(["", "{", "[]", "null", '{"auths":1}', '{"auths":{"a":{"auth":1}}}'])(
  "%j is no such file",
  (content) => {
    expect(parseAuthFile(content)).toBeUndefined();
  },
);

test("what else a file has is left alone", () => {
  expect(parseAuthFile('{"psFormat":"x","auths":{}}')).toEqual({ auths: {} });
});
