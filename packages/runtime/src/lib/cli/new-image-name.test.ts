import { expect, test } from "vitest";
import { newImageName } from "./new-image-name.ts";

test("the name of a new image is whole, and has no digest, which could be another one's", () => {
  expect(newImageName("a")).toBe("docker.io/library/a:latest");
  const digest = `sha256:${"0".repeat(64)}`;
  expect(() => newImageName(`a@${digest}`)).toThrow(/has a digest/);
  expect(() => newImageName(`a:1@${digest}`)).toThrow(/has a digest/);
});
