import { describe, expect, test } from "vitest";
import { followLocation, mayFollow, mayGetPassword } from "./redirect.ts";

test.each([
  ["https://a.com/v2/x", "/y?z=1", "https://a.com/y?z=1"],
  ["https://a.com/v2/x", "y", "https://a.com/v2/y"],
  ["https://a.com/v2/x", "//cdn.com/y", "https://cdn.com/y"],
  ["http://localhost:1/x", "https://cdn.com/y", "https://cdn.com/y"],
  ["http://localhost:1/x", "http://127.0.0.1:2/y", "http://127.0.0.1:2/y"],
  ["https://a.com/x", "https://me:secret@b.com/y#z", "https://b.com/y"],
])("from %s, %s leads to %s", (from, location, to) => {
  expect(followLocation(new URL(from), location).href).toBe(to);
});

describe("a redirect is refused", () => {
  test.each([
    ["from https to http", "https://a.com/", "http://a.com/", "no longer encrypted"],
    [
      "from https to http on loopback",
      "https://a.com/",
      "http://127.0.0.1/",
      "no longer encrypted",
    ],
    ["to a file", "https://a.com/", "file:///etc/passwd", "neither https nor http"],
    ["to data", "https://a.com/", "data:text/plain,x", "neither https nor http"],
    [
      "from loopback to another machine in plain http",
      "http://[::1]/",
      "http://b.com/",
      "another machine",
    ],
    ["to nowhere", "https://a.com/", "https://[x", "no address"],
  ])("%s", (_, from, location, why) => {
    expect(() => followLocation(new URL(from), location)).toThrow(
      expect.objectContaining({ code: "X_IMAGE_REGISTRY", message: expect.stringContaining(why) }),
    );
  });

  test("and what it is refused with does not show the query, which can be a signature", () => {
    expect(() => followLocation(new URL("https://a.com/"), "http://b.com/?sig=secret")).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining("secret") }),
    );
  });
});

test("plain http to another machine is followed when plain http was asked for", () => {
  const to = followLocation(new URL("http://10.0.0.1/"), "http://10.0.0.2/x", true);
  expect(to.href).toBe("http://10.0.0.2/x");
});

test("a secret stays with the scheme, host and port that it is for", () => {
  const here = new URL("https://a.com/v2/");
  expect(mayFollow(here, new URL("https://A.com:443/x"))).toBe(true);
  for (const there of [
    "https://b.com/",
    "http://a.com/",
    "https://a.com:8443/",
    "https://a.com.b.com/",
  ]) {
    expect(mayFollow(here, new URL(there)), there).toBe(false);
  }
});

test.each([
  ["https://a.com/", "https://auth.com/token", true],
  ["https://a.com/", "http://a.com/token", false],
  ["https://a.com/", "http://127.0.0.1/token", false],
  ["http://a.com/", "http://a.com:8080/token", true],
  ["http://a.com/", "http://auth.com/token", false],
  ["http://a.com/", "http://127.0.0.1/token", false],
  ["http://localhost:5000/", "http://127.0.0.1:5001/token", true],
  ["http://localhost:5000/", "http://auth.com/token", false],
  ["http://localhost:5000/", "ftp://localhost/", false],
])("a registry at %s that wants a password at %s gets it: %s", (registry, realm, may) => {
  expect(mayGetPassword(new URL(registry), new URL(realm))).toBe(may);
});
