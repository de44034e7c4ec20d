import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { F_DUPFD } from "./constants/fcntl.ts";
import { pipe } from "./descriptor-pair.ts";
import { openProcess, reap } from "./process-exit.ts";
import { spawnFile } from "./spawn-file.ts";
import { syscall } from "./syscall.ts";

const folder = mkdtempSync(join(tmpdir(), "spawn-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Given {
  argv?: readonly string[];
  env?: Readonly<Record<string, string>>;
  session?: boolean;
}

interface Output {
  readonly pid: number;
  readonly text: string;
}

/** What a program prints, started with a pipe as its output. */
async function output(
  file: string,
  { argv = [file], env = {}, session = false }: Given,
): Promise<Output> {
  const [reading, writing] = pipe();
  using _reading = reading;
  const devNull = openSync("/dev/null", "r+");
  const descriptors = new Map([
    [0, devNull],
    [1, writing.fd],
    [2, devNull],
  ]);
  const pid = spawnFile(file, { argv, env, descriptors, session });
  closeSync(devNull);
  writing.close();
  using pidfd = openProcess(pid);
  const text = readFileSync(reading.fd, "utf8");
  await reap(pidfd);
  return { pid, text };
}

const shell = (script: string): readonly string[] => ["sh", "-c", script];

describe("a spawned program", () => {
  test("has the arguments and the environment it was given, and nothing else", async () => {
    const argv = ["sh", "-c", 'printf "%s\\n" "$0" "$@"', "", "two words", "grüße 🚢", "-n"];
    expect((await output("/bin/sh", { argv })).text).toBe("\ntwo words\ngrüße 🚢\n-n\n");
    const environ = await output("/bin/cat", {
      argv: ["cat", "/proc/self/environ"],
      env: { A: "", B: "x=y" },
    });
    expect(environ.text).toBe("A=\0B=x=y\0");
  });

  test("has no signal ignored and none blocked", async () => {
    const { text } = await output("/bin/cat", { argv: ["cat", "/proc/self/status"] });
    // Node ignores SIGPIPE.
    expect(readFileSync("/proc/self/status", "utf8")).not.toMatch(/SigIgn:\t0000000000000000/);
    expect(text).toMatch(/SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000/);
  });

  test("has no descriptor but those it was given", async () => {
    const inherited = syscall("fcntl", 0, F_DUPFD, 200);
    const { text } = await output("/bin/sh", {
      argv: shell("ls /proc/$$/fd; :"),
      env: { PATH: "/usr/bin:/bin" },
    });
    closeSync(inherited);
    expect(text).toBe("0\n1\n2\n");
  });

  test("leads a session of its own when asked to, and else stays in ours", async () => {
    const argv = ["cat", "/proc/self/stat"];
    const session = ({ text }: { text: string }): number => Number(text.split(" ")[5]);
    const own = await output("/bin/cat", { argv, session: true });
    expect(session(own)).toBe(own.pid);
    expect(session(await output("/bin/cat", { argv }))).toBe(syscall("getsid", 0));
  });

  test("gets any mapping of descriptors, in place or crossed over", async () => {
    const files = ["a", "b", "c", "d", "e"].map((name) => {
      const path = join(folder, name);
      return { path, fd: openSync(path, "w+") };
    });
    const numbers = files.map(({ fd }) => fd);
    // Among the targets are the numbers of the sources themselves.
    const mapping = fc.uniqueArray(
      fc.tuple(fc.constantFrom(0, 1, 2, ...numbers), fc.constantFrom(...numbers)),
      { minLength: 1, maxLength: 6, selector: ([target]) => target },
    );
    await fc.assert(
      fc.asyncProperty(mapping, async (pairs) => {
        const expected = pairs.map(([, source]) => files.find(({ fd }) => fd === source)?.path);
        expect(await behind(new Map(pairs))).toEqual(expected);
      }),
      { numRuns: 50, examples: [[crossed(numbers)]] },
    );
    for (const fd of numbers) closeSync(fd);
  });
});

/** Each of some descriptors in the place of the next. */
function crossed(numbers: readonly number[]): [number, number][] {
  return numbers.map((fd, index) => [numbers[(index + 1) % numbers.length] ?? fd, fd]);
}

/** The files that a child finds behind the descriptors it was given, in their order. */
async function behind(descriptors: ReadonlyMap<number, number>): Promise<string[]> {
  const report = join(folder, "report");
  const script = `for fd; do (readlink /proc/$$/fd/$fd >> ${report}); done; :`;
  const argv = [...shell(script), "sh", ...[...descriptors.keys()].map(String)];
  const env = { PATH: "/usr/bin:/bin" };
  using pidfd = openProcess(spawnFile("/bin/sh", { argv, env, descriptors }));
  await reap(pidfd);
  const found = readFileSync(report, "utf8").trimEnd().split("\n");
  rmSync(report);
  return found;
}

describe("a program that cannot be started", () => {
  const none = { env: {}, descriptors: new Map<number, number>() };
  const start =
    (file: string, argv: string[] = [file]) =>
    (): number =>
      spawnFile(file, { ...none, argv });

  test("says why, in the words of execve", () => {
    expect(start("/nosuch")).toThrow(
      expect.objectContaining({
        code: "ENOENT",
        errno: -2,
        syscall: "execve",
        message: expect.stringMatching(
          /^execve\("\/nosuch"\): No such file or directory \(ENOENT, 2\)/,
        ),
      }),
    );
    const file = join(folder, "text");
    writeFileSync(file, "no program", { mode: 0o755 });
    expect(start(file)).toThrow(expect.objectContaining({ code: "ENOEXEC" }));
    expect(start("/etc/passwd")).toThrow(expect.objectContaining({ code: "EACCES" }));
    expect(start(folder)).toThrow(expect.objectContaining({ code: "EACCES" }));
    const much = Array.from({ length: 200_000 }, () => "x".repeat(100));
    expect(start("/bin/true", much)).toThrow(expect.objectContaining({ code: "E2BIG" }));
  });

  test("names the descriptor that is not open, or that cannot be given", () => {
    const give = (target: number, source: number) => (): number =>
      spawnFile("/bin/true", { argv: [], env: {}, descriptors: new Map([[target, source]]) });
    const closed = {
      code: "EBADF",
      syscall: "fcntl",
      message: expect.stringMatching(/^fcntl\(9999, /),
    };
    expect(give(0, 9999)).toThrow(expect.objectContaining(closed));
    expect(give(9999, 9999)).toThrow(expect.objectContaining(closed));
    expect(give(-1, 0)).toThrow(expect.objectContaining({ code: "EBADF", syscall: "dup3" }));
  });

  test("leaves no descriptor open and no child behind", () => {
    const before = readdirSync("/proc/self/fd");
    for (let count = 0; count < 100; count++) {
      const descriptors = new Map([
        [0, 1],
        [1, 0],
      ]);
      expect(() => spawnFile("/nosuch", { argv: [], env: {}, descriptors })).toThrow("ENOENT");
    }
    expect(readdirSync("/proc/self/fd")).toEqual(before);
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8");
    expect(children).toBe("");
  });
});
