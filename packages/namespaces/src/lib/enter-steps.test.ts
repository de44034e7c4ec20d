import { compile, explain, explainLines } from "@x/plan";
import { expect, test } from "vitest";
import { enterSteps, type EnterStepsOptions } from "./enter-steps.ts";

const golden: Record<string, EnterStepsOptions> = {
  /** All that a process has, in one go. */
  process: {
    parent: 4242,
    env: { PATH: "/bin" },
    joins: [{ descriptor: 3, namespaces: ["mount", "uts", "ipc", "pid", "net", "user"] }],
    uid: 0,
    gid: 0,
  },
  /** Two namespaces by their paths; no child is needed. */
  paths: {
    parent: 4242,
    env: {},
    cwd: "/srv",
    joins: [
      { descriptor: 3, namespaces: ["net"] },
      { descriptor: 4, namespaces: ["uts"] },
    ],
  },
};

test.each(Object.entries(golden))(
  "the plan of an enter reads like this: %s",
  async (name, options) => {
    const text = explain(enterSteps(["sh"], options));
    await expect(text).toMatchFileSnapshot(`__golden__/enter-${name}.txt`);
  },
);

test.each(Object.entries(golden))(
  "%s compiles for both architectures, in less than 4 KB",
  (_, options) => {
    const plan = enterSteps(["sh"], options);
    for (const arch of ["x64", "arm64"] as const) {
      expect(compile(plan, { arch, channel: 5 }).length).toBeLessThan(4096);
    }
  },
);

test("the launcher is untraceable, and has nothing open but the way in, before it joins", () => {
  const lines = explainLines(enterSteps(["sh"], golden["process"]!));
  expect(lines.slice(0, 2).map(({ text }) => text)).toEqual([
    "prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)",
    "close_range(channel+1, 4294967295, 0)",
  ]);
  expect(lines.findIndex(({ syscall }) => syscall === "setns")).toBeGreaterThan(1);
});

test("a PID namespace is entered by a child, the others by the launcher itself", () => {
  expect(forks(golden["process"]!)).toBe(true);
  expect(forks(golden["paths"]!)).toBe(false);
});

function forks(options: EnterStepsOptions): boolean {
  return explainLines(enterSteps(["sh"], options)).some(({ syscall }) => syscall === "clone3");
}
