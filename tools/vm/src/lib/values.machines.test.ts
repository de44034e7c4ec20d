import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AT_FDCWD, CLONE_NEWUTS, layouts, O_CLOEXEC, O_DIRECTORY, O_RDONLY } from "@x/syscall";
import {
  compile,
  exitAs,
  fork,
  load,
  memory,
  result,
  step,
  struct,
  text,
  type Load,
  type Plan,
  type Result,
  type Step,
} from "@x/plan";
import { runArm64 } from "./arm64.ts";

/** Writes what is put together when the step runs, by way of a link that holds it. */
function print(...parts: (string | Result | Load)[]): Step[] {
  const name = `bytes ${count++}`;
  return [
    step("symlinkat", [text(...parts), AT_FDCWD, "/tmp/x-values"]),
    step("readlinkat", [AT_FDCWD, "/tmp/x-values", memory("line", BYTES), BYTES], { as: name }),
    step("unlinkat", [AT_FDCWD, "/tmp/x-values", 0]),
    step("write", [1, memory("line", BYTES), result(name)]),
  ];
}
let count = 0;
const BYTES = 128;

/** Every kind of value and of control, and a number of every size; the end is a failure. */
const plan: Plan = [
  step("openat", [AT_FDCWD, "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC], { as: "root" }),
  step("fcntl", [result("root"), 0, 100], { as: "high", expect: 100 }),
  step("fcntl", [result("root"), 0, 12_345], { as: "higher", tolerate: ["EINVAL", "EMFILE"] }),
  ...print("high ", result("high"), " and again ", result("high"), "\n"),
  step("pipe2", [memory("pipe", 8), O_CLOEXEC]),
  step("dup3", [load("pipe", 4, 4), 200, 0], { expect: 200 }),
  step(
    "write",
    [
      200,
      struct(layouts.clone_args, {
        pidfd: result("high"),
        flags: 2n ** 64n - 1n,
        tls: 0x1122334455667788n,
        cgroup: -2n,
      }),
      88,
    ],
    { expect: 88 },
  ),
  step("close", [200]),
  step("close", [load("pipe", 4, 4)]),
  step("read", [load("pipe", 0, 4), memory("copy", 88), 88], { expect: 88 }),
  ...print(
    "pidfd ",
    load("copy", 8, 8),
    ", tls ",
    load("copy", 56, 8),
    ", bytes ",
    load("copy", 56, 1),
    " ",
    load("copy", 56, 2),
    " ",
    load("copy", 56, 4),
    ", flags ",
    load("copy", 0, 8),
    "\n",
  ),
  step("openat", [AT_FDCWD, "/etc/passwd", O_DIRECTORY], {
    as: "none",
    tolerate: ["ENOENT", "ENOTDIR"],
  }),
  fork(
    { flags: CLONE_NEWUTS },
    [
      step("sethostname", ["values", 6]),
      fork({}, [step("write", [1, "grandchild\n", 11]), step("exit_group", [3])], { as: "inner" }),
      exitAs(result("inner")),
    ],
    { as: "child" },
  ),
  step("wait4", [result("child"), memory("status", 8), 0, null]),
  ...print("status ", load("status", 1, 1), "\n"),
  step("chdir", ["/no/such"]),
];

test("a launcher for arm64 computes what its twin for x86-64 does, and fails in the same words", async () => {
  const folder = mkdtempSync(join(tmpdir(), "x-values-"));
  try {
    const here = join(folder, "launcher");
    writeFileSync(here, compile(plan, { arch: "x64" }), { mode: 0o755 });
    const twin = failureOf(here);
    expect(twin).toMatchObject({
      status: 125,
      stderr: expect.stringMatching(/^x: step \d+, chdir: ENOENT \(2\)\n$/),
    });
    expect(twin.stdout).toBe(
      "high 100 and again 100\n" +
        "pidfd 100, tls 1234605616436508552, bytes 136 30600 1432778632, flags 18446744073709551615\n" +
        "grandchild\nstatus 3\n",
    );
    const content = compile(plan, { arch: "arm64" });
    const guest = await runArm64({
      command: ["/launcher"],
      files: { "/launcher": { content, mode: 0o755 } },
    });
    expect(guest).toMatchObject({ exitCode: 125, stdout: twin.stdout, stderr: twin.stderr });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

interface Failure {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function failureOf(file: string): Failure {
  try {
    execFileSync(file, { env: {}, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    return error as Failure;
  }
  throw new Error("the launcher did not fail");
}
