import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { memoryImage } from "../../testing/registry-image.ts";
import { mediaTypes } from "../spec/media-type.ts";
import { checkDocument } from "./document.ts";

const { document } = memoryImage([10]);
const { bytes, descriptor } = document;
const received = {
  name: "localhost:5000/a:v1",
  bytes,
  contentType: mediaTypes.manifest,
  contentDigest: null,
} as const;
const sha512 = `sha512:${createHash("sha512").update(bytes).digest("hex")}` as const;
const other = memoryImage([11]).document.descriptor.digest;

test("a document that came is described by its bytes and the type that it came as", () => {
  expect(checkDocument(received)).toEqual(document);
  const named = {
    ...received,
    contentType: "Application/vnd.oci.image.manifest.v1+JSON; charset=utf-8",
  };
  expect(checkDocument(named)).toEqual(document);
  expect(checkDocument({ ...received, asked: sha512 }).descriptor.digest).toBe(sha512);
  expect(
    checkDocument({ ...received, asked: sha512, contentDigest: descriptor.digest }).descriptor
      .digest,
  ).toBe(sha512);
});

describe("a document is refused", () => {
  test.each([
    [
      "that is not the one that was asked for",
      { asked: other },
      `${other} was asked for, what came is ${descriptor.digest}`,
    ],
    ["that is not what the registry announced", { contentDigest: other }, "the registry announced"],
    [
      "that was announced by what is no digest",
      { contentDigest: "sha256:../../x" },
      "is no digest",
    ],
    [
      "that was announced by a digest in capitals",
      { contentDigest: descriptor.digest.toUpperCase() },
      "is no digest",
    ],
  ])("%s", (_, change, message) => {
    expect(() => checkDocument({ ...received, ...change })).toThrow(
      expect.objectContaining({
        code: "X_IMAGE_DIGEST",
        message: expect.stringContaining(message),
      }),
    );
  });

  test.each([
    [
      "that is a web page",
      "text/html; charset=utf-8",
      '"text/html", which is neither a manifest nor an index',
    ],
    ["that has no type", null, 'with ""'],
    ["that is a configuration", mediaTypes.config, "neither a manifest nor an index"],
    [
      "of docker's schema 1",
      "application/vnd.docker.distribution.manifest.v1+prettyjws",
      "schema 1, which nobody writes any more",
    ],
  ])("%s", (_, contentType, message) => {
    expect(() => checkDocument({ ...received, contentType })).toThrow(
      expect.objectContaining({
        code: "X_IMAGE_MEDIA_TYPE",
        message: expect.stringContaining(message),
      }),
    );
  });
});
