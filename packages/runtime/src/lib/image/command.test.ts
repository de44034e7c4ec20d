import { expect, test } from "vitest";
import { commandOf, environmentOf } from "./command.ts";

const image = { Entrypoint: ["/entry", "-x"], Cmd: ["serve"] };

test.each([
  ["nothing said", {}, ["/entry", "-x", "serve"]],
  ["arguments", { args: ["help"] }, ["/entry", "-x", "help"]],
  ["no arguments at all", { args: [] }, ["/entry", "-x"]],
  ["an entrypoint", { entrypoint: ["/bin/sh"] }, ["/bin/sh"]],
  ["both", { entrypoint: ["/bin/sh"], args: ["-c", "id"] }, ["/bin/sh", "-c", "id"]],
  ["an empty entrypoint", { entrypoint: [], args: ["id"] }, ["id"]],
])("with %s, the command of an image is put together as docker does", (_, overrides, expected) => {
  expect(commandOf(image, overrides)).toEqual(expected);
});

test("an image without a command needs one", () => {
  expect(() => commandOf({}, {})).toThrow(/args: .*say what is to run/);
  expect(() => commandOf({ Cmd: [""] }, {})).toThrow(/args/);
});

test("what the caller says about the environment comes after what the image says", () => {
  const env = environmentOf({ Env: ["A=1", "=odd", "B=2"] }, "/srv", ["A=3"]);
  expect(env).toEqual(["HOME=/srv", "A=1", "B=2", "A=3"]);
});
