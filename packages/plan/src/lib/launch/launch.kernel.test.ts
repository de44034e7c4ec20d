import { readFileSync, readlinkSync, writeSync } from "node:fs";
import { text as readAll } from "node:stream/consumers";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CLONE_NEWUSER, Descriptor, layouts, O_CLOEXEC, O_RDONLY, pipe } from "@x/syscall";
import { PlanError } from "../error.ts";
import { answer, exec, exitAs, fork, reap, report, step, type Plan } from "../step.ts";
import { load, memory, result, struct, text } from "../value.ts";
import { launch, type LaunchOptions } from "./launch.ts";

const ENV = ["PATH=/usr/bin:/bin"];
const sh = (script: string): Plan => [exec(["/bin/sh"], ["sh", "-c", script], ENV)];
const child = (...steps: Plan): Plan => [fork({}, steps, { as: "pid" }), reap(result("pid"))];

/** What a plan writes to its standard output, and how it ends. */
async function outputOf(plan: Plan, options: LaunchOptions = {}): Promise<[string, unknown]> {
  await using launched = await launch(plan, { stdio: ["ignore", "pipe", "inherit"], ...options });
  const output = await readAll(launched.stdout!);
  return [output, await launched.exited];
}

describe("a launch", () => {
  test("resolves with the pid of the process the launcher waits for", async () => {
    await using launched = await launch(child(...sh("sleep 60")), { stdio: "ignore" });
    const status = readFileSync(`/proc/${launched.pid}/status`, "utf8");
    expect(status).toMatch(new RegExp(`^PPid:\\s+${launched.launcherPid}$`, "m"));
    expect(readlinkSync(`/proc/${launched.pid}/exe`)).toMatch(/sh$|sleep$/);
  });

  test("resolves with the launcher's own pid when the plan has no fork", async () => {
    await using launched = await launch(sh("sleep 60"), { stdio: "ignore" });
    expect(launched.pid).toBe(launched.launcherPid);
  });

  test.each([
    ["exit 42", { code: 42, signal: null }],
    ["kill -TERM $$", { code: null, signal: "SIGTERM" }],
    ["kill -KILL $$", { code: null, signal: "SIGKILL" }],
  ])("ends as its command ends: %s", async (script, exit) => {
    for (const plan of [
      sh(script),
      child(...sh(script)),
      [fork({}, sh(script), { as: "pid" }), exitAs(result("pid"))],
    ]) {
      expect((await outputOf(plan))[1]).toEqual(exit);
    }
  });

  test("of a plan that only does things resolves when they are done", async () => {
    await using launched = await launch([step("getpid")], { stdio: "ignore" });
    expect(await launched.exited).toEqual({ code: 0, signal: null });
  });

  test("rejects with the step, its error and its purpose", async () => {
    const plan = child(
      step("chdir", ["/no/such"], { why: "to be there", field: "cwd" }),
      ...sh("true"),
    );
    const error = await launch(plan).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PlanError);
    expect(error).toMatchObject({
      code: "ENOENT",
      errno: -2,
      index: 2,
      syscall: "chdir",
      why: "to be there",
      field: "cwd",
      message: expect.stringMatching(
        /^cwd: step 2, chdir\("\/no\/such"\) \(to be there\): No such file or directory \(ENOENT, 2\)/,
      ),
    });
  });

  test("runs its launcher with an empty environment, in a session of its own", async () => {
    const [output] = await outputOf([exec(["/usr/bin/env"], ["env"], [])]);
    expect(output).toBe("");
    const [session] = await outputOf(sh("ps -o sid= -p $$; echo $$"));
    const [sid, pid] = session.trim().split(/\s+/);
    expect(sid).toBe(pid);
  });

  test("tries files as execvp does: what is missing is passed over, what is forbidden is told", async () => {
    const run = (files: string[]): Promise<unknown> =>
      outputOf([exec(files, ["echo", "here"], [])]).catch((error: unknown) => error);
    expect(await run(["/no/such", "/etc/passwd/x", "/bin/echo"])).toEqual([
      "here\n",
      { code: 0, signal: null },
    ]);
    expect(await run(["/no/such"])).toMatchObject({ code: "ENOENT", syscall: "execve" });
    expect(await run(["/etc/passwd", "/no/such"])).toMatchObject({
      code: "EACCES",
      syscall: "execve",
    });
  });
});

describe("streams and descriptors", () => {
  test("pipes carry what is written both ways", async () => {
    await using launched = await launch(sh("cat; echo error >&2"));
    launched.stdin!.end("to and fro");
    expect(await readAll(launched.stdout!)).toBe("to and fro");
    expect(await readAll(launched.stderr!)).toBe("error\n");
  });

  test("extra descriptors arrive as 3, 4, … and no others do", async () => {
    const [read, write] = pipe();
    writeSync(write.fd, "through 4");
    write.close();
    using nothing = new Descriptor((await import("node:fs")).openSync("/dev/null", "r"));
    const [output] = await outputOf(sh("cat <&4; ls /proc/self/fd | tr '\\n' ' '"), {
      descriptors: [nothing, read],
    });
    read.close();
    // 5 is the folder that ls lists
    expect(output).toBe("through 40 1 2 3 4 5 ");
  });

  test("a descriptor can stand for a stream", async () => {
    const [read, write] = pipe();
    await using launched = await launch(sh("echo to a pipe"), {
      stdio: ["ignore", write, "ignore"],
    });
    write.close();
    await launched.exited;
    const bytes = Buffer.alloc(64);
    expect(bytes.toString("utf8", 0, (await import("node:fs")).readSync(read.fd, bytes))).toBe(
      "to a pipe\n",
    );
    read.close();
  });
});

describe("a signal", () => {
  test("is passed on by the launcher, and false says that nobody is there any more", async () => {
    await using launched = await launch(
      child(...sh("trap 'exit 5' USR1; echo ready; while :; do sleep 0.05; done")),
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    await new Promise((resolve) => launched.stdout!.once("data", resolve));
    expect(launched.kill("SIGUSR1")).toBe(true);
    expect(await launched.exited).toEqual({ code: 5, signal: null });
    expect(launched.kill("SIGUSR1")).toBe(false);
  });

  test("of an AbortController ends the command, or keeps it from starting", async () => {
    const controller = new AbortController();
    const launched = await launch(child(...sh("sleep 60")), {
      stdio: "ignore",
      signal: controller.signal,
    });
    controller.abort();
    expect(await launched.exited).toEqual({ code: null, signal: "SIGKILL" });
    await expect(
      launch(sh("true"), { signal: AbortSignal.abort(new Error("too late")) }),
    ).rejects.toThrow("too late");
  });
});

describe("launcher and Node talk", () => {
  test("reports are heard, and an answer is waited for", async () => {
    let asked: unknown;
    const plan: Plan = [
      step("getpid", [], { as: "me" }),
      report("launcher", result("me")),
      answer(),
      ...sh("echo went on"),
    ];
    await using launched = await launch(plan, {
      stdio: ["ignore", "pipe", "inherit"],
      answer: (reports) => void (asked = { ...reports }),
    });
    expect(asked).toEqual({ launcher: launched.launcherPid });
    expect(await readAll(launched.stdout!)).toBe("went on\n");
  });

  test("an answer that fails ends the launch with that error", async () => {
    const refusal = new Error("not with us");
    await expect(
      launch([answer(), ...sh("true")], { answer: () => Promise.reject(refusal) }),
    ).rejects.toBe(refusal);
  });

  test("a trace has the time of each act, in order", async () => {
    await using launched = await launch(child(step("getpid"), ...sh("true")), {
      stdio: "ignore",
      trace: true,
    });
    await launched.exited;
    const names = launched.timings.map(({ syscall }) => syscall);
    expect(names).toContain("getpid");
    expect(names).toContain("clone3");
    for (const { durationNs } of launched.timings) expect(durationNs).toBeGreaterThan(0);
  });
});

describe("values that are known only at run time", () => {
  test("texts are put together, memory is read, results are passed on", async () => {
    const line = text("pid ", result("me"), " reads ", load("pipe", 0, 4), "\n");
    const plan: Plan = [
      step("getpid", [], { as: "me" }),
      step("pipe2", [memory("pipe", 8), O_CLOEXEC]),
      step("memfd_create", ["text", 0], { as: "file" }),
      step("pwritev2", [1, 0, 0, 0, 0, 0], { tolerate: ["ENOSYS", "EINVAL", "ESPIPE"] }),
      step("openat", [-100, text("/proc/self/fd/", load("pipe", 0, 4)), O_RDONLY], { as: "again" }),
      step("symlinkat", [line, -100, text("/tmp/x-link-", result("me"))]),
      step("readlinkat", [-100, text("/tmp/x-link-", result("me")), memory("buffer", 64), 64], {
        as: "bytes",
      }),
      step("write", [1, memory("buffer", 64), result("bytes")]),
      step("unlinkat", [-100, text("/tmp/x-link-", result("me")), 0]),
    ];
    await using launched = await launch(plan, { stdio: ["ignore", "pipe", "inherit"] });
    expect(await readAll(launched.stdout!)).toMatch(
      new RegExp(`^pid ${launched.launcherPid} reads \\d+\n$`),
    );
  });

  test("structs hold every number as it was given", async () => {
    const names = Object.entries(layouts.clone_args.fields).slice(1);
    const numbers = fc.array(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), {
      minLength: names.length,
      maxLength: names.length,
    });
    await fc.assert(
      fc.asyncProperty(numbers, async (values) => {
        const fields = Object.fromEntries(names.map(([name], i) => [name, values[i]!]));
        const plan: Plan = [
          step("getpid", [], { as: "me" }),
          step("write", [
            1,
            struct(layouts.clone_args, { flags: result("me"), ...fields }),
            layouts.clone_args.bytes,
          ]),
        ];
        await using launched = await launch(plan, { stdio: ["ignore", "pipe", "inherit"] });
        const chunks: Buffer[] = await launched.stdout!.toArray();
        const written = Buffer.concat(chunks);
        expect(written.readBigUInt64LE(0)).toBe(BigInt(launched.launcherPid));
        names.forEach(([, { offset }], i) =>
          expect(written.readBigUInt64LE(offset)).toBe(values[i]),
        );
      }),
      { numRuns: 20 },
    );
  });

  test("a tolerated error is the result that later steps see; another one ends the plan", async () => {
    const plan = (name: "ENOENT" | "EACCES"): Plan => [
      step("openat", [-100, "/no/such", O_RDONLY], {
        as: "fd",
        tolerate: ["EISDIR", name, "EPERM"],
      }),
      step("close", [result("fd")], { tolerate: ["EBADF"] }),
    ];
    await using fine = await launch(plan("ENOENT"), { stdio: "ignore" });
    expect(await fine.exited).toEqual({ code: 0, signal: null });
    await expect(launch(plan("EACCES"))).rejects.toMatchObject({ code: "ENOENT", index: 1 });
  });

  test("a result that was not expected ends the plan", async () => {
    await expect(launch([step("getpid", [], { expect: 1 })])).rejects.toMatchObject({
      code: "X_PLAN_UNEXPECTED",
      index: 1,
    });
  });
});

test("a user namespace needs no privilege, and its refusal comes with a hint", async () => {
  const plan: Plan = [
    fork({ flags: CLONE_NEWUSER }, sh("id -u"), { as: "pid" }),
    reap(result("pid")),
  ];
  expect((await outputOf(plan))[1]).toEqual({ code: 0, signal: null });
  const error = await launch(plan, { inject: { step: 1, errno: "EPERM" } }).catch(
    (thrown: unknown) => thrown,
  );
  expect((error as PlanError).hint).toMatch(/user/i);
});
