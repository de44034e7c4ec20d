import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { detect } from "@x/cgroups";
import { run } from "./start.ts";

const root = process.geteuid?.() === 0;
const skipped = root ? "" : " (skipped: not root)";
const sandbox = {
  root: "host",
  resources: { memory: { limit: "64MiB" }, pids: { limit: 50 } },
} as const;

/** security.md, F: what a container could do to its own limits, and to the host's groups. */
describe.skipIf(!root)(`a container with limits${skipped}`, () => {
  test("sees no release_agent, which there is outside on v1 (CVE-2022-0492)", async () => {
    const find = ["sh", "-c", "find / -name release_agent -not -path '/proc/*' 2>/dev/null"];
    expect((await run({ ...sandbox, args: find })).stdout).toBe("");
    const v1 = detect().all.filter(({ version }) => version === 1);
    const outside = execFileSync("find", ["/sys/fs/cgroup", "-name", "release_agent"]);
    expect(outside.toString() !== "").toBe(v1.length > 0);
  });

  test("mounts no hierarchy as its root", async () => {
    const mount =
      "mkdir /tmp/m; mount -t cgroup2 none /tmp/m || mount -t cgroup -o memory none /tmp/m";
    const { exitCode, stderr } = await run({ ...sandbox, args: ["sh", "-c", mount] });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("permission denied");
  });

  test("does not lift its limit in a user namespace, where it may mount the hierarchy", async () => {
    const lift = (type: string, file: string): string =>
      `unshare -UrCm sh -c 'mount -t ${type} none /tmp/m && ls /tmp/m | grep -c . >&2; echo max > /tmp/m/${file}; echo -1 > /tmp/m/${file}' 2>/tmp/said; grep -h '^[0-9]' /tmp/said`;
    // tail(1) keeps a line until it ends.
    const allocate = "head -c 400000000 /dev/zero | tail -n 1 >/dev/null";
    const script = `mkdir /tmp/m
      ${lift("cgroup -o memory", "memory.memsw.limit_in_bytes")}
      ${lift("cgroup -o memory", "memory.limit_in_bytes")}
      ${lift("cgroup2", "memory.max")}
      ${allocate}; echo "status $?"`;
    const { stdout, oom } = await run({ ...sandbox, args: ["sh", "-c", script] });
    expect(stdout).toMatch(/^\d+$/m); // one of the mounts succeeded: the test can see a failure
    expect(oom).toBe(true);
  });
});
