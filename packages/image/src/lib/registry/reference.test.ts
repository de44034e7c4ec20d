import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ImageError } from "../error.ts";
import { formatReference, identifierOf, parseReference, parseRegistry } from "./reference.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}` as const;

test.each([
  ["busybox", "docker.io/library/busybox:latest"],
  ["busybox:1.36", "docker.io/library/busybox:1.36"],
  ["user/name", "docker.io/user/name:latest"],
  ["docker.io/busybox", "docker.io/library/busybox:latest"],
  ["index.docker.io/library/busybox", "docker.io/library/busybox:latest"],
  ["registry-1.docker.io/user/name", "docker.io/user/name:latest"],
  ["localhost/debian", "localhost/debian:latest"],
  ["localhost:5000/debian", "localhost:5000/debian:latest"],
  ["localhost:5000", "docker.io/library/localhost:5000"],
  ["127.0.0.1:5000/a/b/c:x_y.z-1", "127.0.0.1:5000/a/b/c:x_y.z-1"],
  ["[::1]:5000/name", "[::1]:5000/name:latest"],
  ["[2001:DB8::1]/name:tag", "[2001:db8::1]/name:tag"],
  ["Quay.IO/a/b", "quay.io/a/b:latest"],
  [`busybox@${digest}`, `docker.io/library/busybox@${digest}`],
  [`localhost:5000/name:tag@${digest}`, `localhost:5000/name:tag@${digest}`],
  ["a__b/c.d_e/f---g:_", "docker.io/a__b/c.d_e/f---g:_"],
])("%s is short for %s", (text, canonical) => {
  expect(formatReference(parseReference(text))).toBe(canonical);
  expect(parseReference(canonical)).toEqual(parseReference(text));
});

test("where there are a tag and a digest, the digest says which image is meant", () => {
  expect(parseReference(`busybox:1@${digest}`)).toEqual({
    registry: "docker.io",
    repository: "library/busybox",
    tag: "1",
    digest,
  });
  expect(identifierOf(parseReference(`busybox:1@${digest}`))).toBe(digest);
  expect(identifierOf(parseReference("busybox:1"))).toBe("1");
});

test("what is written back reads as the same reference, whatever it is", () => {
  const word = fc.stringMatching(/^[a-z0-9]{1,6}$/);
  const part = fc
    .array(fc.tuple(word, fc.constantFrom(".", "_", "__", "-", "---")), {
      minLength: 1,
      maxLength: 3,
    })
    .map((words) => words.map(([text, by], at) => (at === 0 ? text : by + text)).join(""));
  const host = fc.oneof(
    fc.constantFrom("localhost", "docker.io", "[::1]", "[fe80::2]"),
    fc.ipV4(),
    fc.tuple(word, word).map(([a, b]) => `${a}.${b}`),
  );
  const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });
  const reference = fc.record({
    registry: fc.tuple(host, port).map(([name, at]) => (at === undefined ? name : `${name}:${at}`)),
    repository: fc.array(part, { minLength: 2, maxLength: 4 }).map((parts) => parts.join("/")),
    tag: fc.option(fc.stringMatching(/^\w[\w.-]{0,20}$/), { nil: undefined }),
    digest: fc.option(fc.stringMatching(/^sha256:[0-9a-f]{64}$/), { nil: undefined }),
  });
  fc.assert(
    fc.property(reference, ({ registry, repository, tag, digest }) => {
      const name = `${registry}/${repository}`;
      const text = `${name}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
      const read = parseReference(text);
      expect(read).toMatchObject({ registry, repository });
      expect(formatReference(read)).toBe((tag ?? digest) ? text : `${text}:latest`);
      expect(parseReference(formatReference(read))).toEqual(read);
    }),
  );
});

test("any text at all is a reference that reads back, or refused by name", () => {
  const letters = fc.constantFrom(..."aA0._-:/@[]% \n\0é", "sha256:", "localhost", "library/");
  const texts = fc.oneof(
    fc.string(),
    fc.array(letters, { maxLength: 20 }).map((all) => all.join("")),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        const read = parseReference(text);
        expect(parseReference(formatReference(read))).toEqual(read);
      } catch (error) {
        if (!(error instanceof ImageError)) throw error;
        expect(error.code).toBe("X_IMAGE_REFERENCE");
      }
    }),
    { numRuns: 2000 },
  );
});

describe("a reference that is none is refused with what is wrong:", () => {
  test.each([
    ["", "it is empty"],
    ["Busybox", "Repository names are in lower case: busybox"],
    ["Foo/bar", "Repository names are in lower case: foo/bar"],
    ["quay.io/Foo", "there are capital letters"],
    ["bus ybox", 'there is " " in it'],
    ["a\u001B[31m", "there is"],
    ["https://quay.io/a", "it is a URL"],
    ["a//b", "a part of its name is empty"],
    ["a/", "a part of its name is empty"],
    ["/a", "a part of its name is empty"],
    ["../../etc", "is no host"],
    ["a/../b", '".." is no part of a name'],
    ["a._b", '"a._b" is no part of a name'],
    ["a___b", '"a___b" is no part of a name'],
    ["-a", '"-a" is no part of a name'],
    ["quay.io/", "a part of its name is empty"],
    ["a:", '"" is no tag'],
    ["a:-b", '"-b" is no tag'],
    [`a:${"t".repeat(129)}`, "is no tag"],
    [`${"a/".repeat(128)}b`, "has 257 characters"],
    ["a".repeat(2000), "it has 2000 characters"],
    ["localhost:99999/a", '"99999" is no port'],
    ["localhost:0/a", '"0" is no port'],
    ["-x.com/a", '"-x.com" is no host'],
    ["[fe80::1%eth0]:5000/a", "without a zone"],
    ["[::g]/a", '"[::g]" is no host'],
    ["::1/a", "stands in brackets"],
    ["a@sha256:ABC", '"sha256:ABC" is no digest'],
    ["a@md5:d41d8cd98f00b204e9800998ecf8427e", "is no digest"],
    [`a@${digest}@${digest}`, "is no digest"],
    ["0123456789abcdef".repeat(4), "it is the digits of a digest"],
  ])("%j", (text, message) => {
    expect(() => parseReference(text)).toThrow(
      expect.objectContaining({
        code: "X_IMAGE_REFERENCE",
        message: expect.stringContaining(message),
      }),
    );
  });
});

test("a registry is a host and perhaps a port", () => {
  expect(parseRegistry("index.docker.io")).toBe("docker.io");
  expect(parseRegistry("Example.com:5000")).toBe("example.com:5000");
  expect(() => parseRegistry("a/b")).toThrow('"a/b" is no host');
});
