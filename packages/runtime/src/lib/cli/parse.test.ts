import { describe, expect, test } from "vitest";
import { commands } from "./commands.ts";
import { help } from "./help.ts";
import type { Invocation } from "./invocation.ts";
import { parse } from "./parse.ts";

function invocation(...args: string[]): Invocation {
  const wanted = parse(args);
  if ("help" in wanted) throw new Error("it asked for help");
  return wanted;
}

describe("a command line", () => {
  test.each<[string[], string[]]>([
    [
      ["run", "host", "sh", "-c", "id"],
      ["host", "sh", "-c", "id"],
    ],
    [
      ["run", "host", "--", "-x"],
      ["host", "-x"],
    ],
    [
      ["run", "--", "host", "true"],
      ["host", "true"],
    ],
    [["run", "--rm", "debian"], ["debian"]],
    [
      ["run", "debian", "--rm", "--", "--rm"],
      ["debian", "--rm"],
    ],
    [
      ["compile", "host", "-o", "box", "--", "echo", "-o"],
      ["host", "echo", "-o"],
    ],
    [
      ["rmi", "a", "-f", "b"],
      ["a", "b"],
    ],
    [["system", "df"], []],
  ])("%j has the words %j", (args, words) => {
    expect(invocation(...args).words).toEqual(words);
  });

  test("keeps options of ours apart by what they take", () => {
    const { flags } = invocation(
      "run",
      "-e",
      "A=1",
      "--env=B=2",
      "-m",
      "5m",
      "--rm",
      "host",
      "true",
    );
    expect(flags.lists["env"]).toEqual(["A=1", "B=2"]);
    expect(flags.values).toEqual({ memory: "5m" });
    expect([...flags.switches]).toEqual(["rm"]);
  });

  test("takes the short letters of its own command", () => {
    expect(invocation("commit", "-m", "text", "c", "i").flags.values).toEqual({ message: "text" });
    expect(invocation("run", "-m", "1g", "host", "true").flags.values).toEqual({ memory: "1g" });
  });

  test.each<[string[], RegExp]>([
    [[], /no command/],
    [["walk"], /no command is named "walk"/],
    [["system"], /x system needs one more word: x system df, x system prune, x system check/],
    [["system", "walk"], /needs one more word: x system df/],
    [["run"], /no root/],
    [["pull"], /used so: x pull \[OPTIONS\] IMAGE/],
    [["pull", "a", "b"], /used so/],
    [["pull", "--nosuch", "a"], /no option --nosuch; x pull --help/],
    [["pull", "--quiet=yes", "a"], /takes no value/],
    [["pull", "a", "--platform"], /--platform needs a value: OS\/ARCH/],
    [["toString"], /no command/],
    [["pull", "--constructor", "a"], /no option/],
  ])("%j is refused with what would do", (args, reason) => {
    expect(() => parse(args)).toThrow(reason);
  });

  test.each(Object.keys(commands))("x %s --help shows how it is used and its options", (name) => {
    const wanted = parse([...name.split(" "), "--help"]);
    expect(wanted).toEqual({ help: name });
    const { usage, options } = commands[name]!;
    const text = help(name);
    expect(text).toContain(`Usage: x ${name} ${usage}`);
    for (const option of Object.keys(options)) expect(text).toContain(`--${option}`);
  });

  test("x --help lists every command", () => {
    for (const name of Object.keys(commands)) expect(help()).toContain(`  ${name} `);
  });
});
