import { expect, test } from "vitest";
import { commandStep } from "./command.ts";

test("a name is looked for in each folder of the command's own PATH", () => {
  expect(commandStep(["ls", "-l"], { PATH: "/opt/bin:/bin" })).toMatchObject({
    files: ["/opt/bin/ls", "/bin/ls"],
    argv: ["ls", "-l"],
    env: ["PATH=/opt/bin:/bin"],
  });
});

test("an empty folder in PATH is the working directory, as execvp(3) has it", () => {
  expect(commandStep(["ls"], { PATH: ":/bin" }).files).toEqual(["./ls", "/bin/ls"]);
});

test("without a PATH there is a usual one, and the command's environment stays as it is", () => {
  const { files, env } = commandStep(["ls"], {});
  expect(files).toContain("/usr/bin/ls");
  expect(env).toEqual([]);
});

test("a path is not looked for", () => {
  expect(commandStep(["./a", "b"], { PATH: "/bin" }).files).toEqual(["./a"]);
});

test("a variable that is undefined is not set", () => {
  expect(commandStep(["/a"], { A: "1", B: undefined, C: "" }).env).toEqual(["A=1", "C="]);
});

test.each([
  ["no program", [], {}, "command[0]"],
  ["an empty program", [""], {}, "command[0]"],
  ["NUL in an argument", ["a", "b\0c"], {}, "command[1]"],
  ["NUL in a value", ["a"], { A: "\0" }, 'env["A"]'],
  ["a name with =", ["a"], { "A=B": "" }, 'env["A=B"]'],
  ["a name without letters", ["a"], { "": "x" }, 'env[""]'],
])("%s is refused with its field", (_, command, env, field) => {
  expect(() => commandStep(command, env)).toThrow(
    expect.objectContaining({ code: "X_NAMESPACE_INVALID", field }),
  );
});
