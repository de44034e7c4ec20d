import { describe, expect, test } from "vitest";
import { run } from "./start.ts";

/** A program whose grandchild outlives its parent: an orphan, and soon a zombie unless reaped. */
const leaveOrphan = "(sleep 0.1 & ) ; sleep 0.5";
const zombies = "ps -eo state= | grep -c Z";

/** The same as a PID 1 that never waits: prints how many zombies it has. */
const ORPHANING = `
  unless (fork) { fork; exit }
  sleep 1;
  print scalar grep { open(F, "<", $_) && <F> =~ /^\\d+ [(].*[)] Z/ } glob "/proc/[0-9]*/stat";
`;

describe("with init", () => {
  test("orphans are reaped", async () => {
    const script = `${leaveOrphan}; ${zombies}; echo $$`;
    const { stdout } = await run({ root: "host", init: true, args: ["sh", "-c", script] });
    expect(stdout).toBe("0\n2\n");
  });

  test("the container ends as the command does, orphans or not", async () => {
    const { exitCode } = await run({
      root: "host",
      init: true,
      args: ["sh", "-c", "(sleep 60 &); exit 7"],
    });
    expect(exitCode).toBe(7);
  });

  test("a command that a signal ends gives the status a shell would", async () => {
    const { exitCode } = await run({
      root: "host",
      init: true,
      args: ["sh", "-c", "kill -TERM $$"],
    });
    expect(exitCode).toBe(128 + 15);
  });
});

describe("without init", () => {
  test("a PID 1 that does not reap has its zombies", async () => {
    const { stdout } = await run({ root: "host", args: ["perl", "-e", ORPHANING] });
    expect(Number(stdout)).toBeGreaterThan(0);
  });

  test("the container ends when its first process does", async () => {
    const { exitCode, durationMs } = await run({
      root: "host",
      args: ["sh", "-c", "sleep 60 & exit 3"],
    });
    expect(exitCode).toBe(3);
    expect(durationMs).toBeLessThan(30_000);
  });
});

describe("a PID 1 that sends itself SIGKILL", () => {
  test("dies of it, as any process does", async () => {
    const result = await run({ root: "host", args: ["sh", "-c", "kill -9 $$; echo survived"] });
    expect(result).toMatchObject({ exitCode: null, signal: "SIGKILL", stdout: "" });
  });

  test("but is immune to one from another process inside, as the kernel has it", async () => {
    const result = await run({
      root: "host",
      args: ["sh", "-c", "sh -c 'kill -9 1'; echo survived"],
    });
    expect(result).toMatchObject({ exitCode: 0, stdout: "survived\n" });
  });
});
