import { execFileSync } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testRoot, type TestRoot } from "../testing/root.ts";
import type { CapabilityName } from "./plan/capabilities.ts";
import type { Sandbox } from "./sandbox.ts";
import { run } from "./start.ts";

const isRoot = process.getuid!() === 0;
const reason = isRoot ? "" : " (skipped: needs root)";

/** sda, mem, tun, fuse, kmsg: what must be out of reach. */
const dangerous = ["b 8 0", "c 1 1", "c 10 200", "c 10 229", "c 1 11"];
/** So that nothing but the rules for devices stands in the way. */
const capabilities: readonly CapabilityName[] = [
  "CAP_MKNOD",
  "CAP_SYS_RAWIO",
  "CAP_SYSLOG",
  "CAP_DAC_OVERRIDE",
];
const everything = { devices: [{ allow: true }] };

let root: TestRoot;
beforeAll(() => {
  root = testRoot();
  if (!isRoot) return;
  // An image may bring nodes of its own.
  const nodes = join(root.dir, "nodes");
  mkdirSync(nodes);
  // The temporary folder may be on a file system without devices.
  execFileSync("mount", ["-t", "tmpfs", "-o", "dev", "none", nodes]);
  for (const device of dangerous) {
    const path = join(nodes, device.replaceAll(" ", "-"));
    execFileSync("mknod", [path, ...device.split(" ")]);
  }
});
afterAll(() => {
  if (isRoot) execFileSync("umount", [join(root.dir, "nodes")]);
  root[Symbol.dispose]();
});

/** What a script in a container of that root says of things that go wrong. */
async function inside(script: string, change: Partial<Sandbox>): Promise<string[]> {
  const { dir, programs } = root;
  const args = ["sh", "-c", script];
  const { stderr } = await run({
    root: { dir },
    mounts: [programs],
    args,
    capabilities,
    ...change,
  });
  return stderr.trim().split("\n");
}

const open = dangerous
  .map((one) => `(: < /nodes/${one.replaceAll(" ", "-")}) || echo >&2`)
  .join(";");
const make = dangerous.map((one) => `mknod /dev/made ${one} && rm /dev/made`).join(";");

describe.skipIf(!isRoot)(
  `with limits the devices of this machine are out of reach${reason}`,
  () => {
    const resources = { pids: { limit: 100 } };

    test("nodes that an image brings cannot be opened", async () => {
      const said = (await inside(open, { resources })).filter((line) => line !== "");
      expect(said).toHaveLength(dangerous.length);
      said.forEach((line) => expect(line).toMatch(/Operation not permitted$/));
    });

    test("nor can others be made", async () => {
      const said = await inside(make, { resources });
      expect(said).toHaveLength(dangerous.length);
      said.forEach((line) => expect(line).toMatch(/Operation not permitted$/));
    });

    test("unless the caller's rules say otherwise: the positive control", async () => {
      for (const script of [open, make]) {
        const said = await inside(script, { resources: { ...resources, ...everything } });
        said.forEach((line) => expect(line).not.toMatch(/not permitted/));
      }
    });

    test("while those that every program expects are there", async () => {
      const script =
        "echo gone > /dev/null; head -c 2 /dev/zero /dev/random /dev/urandom > /dev/null; " +
        "exec 3<> /dev/ptmx; mknod /dev/again c 1 3; echo gone > /dev/again";
      expect(await inside(script, { resources })).toEqual([""]);
    });
  },
);

describe.skipIf(!isRoot)(`a device that a container is given${reason}`, () => {
  const full = { source: "/dev/full" };

  test("is there with its numbers, owner and permissions, wherever it is asked for", async () => {
    const { dir, programs } = root;
    const args = ["stat", "-c", "%F %t:%T %a %u:%g", "/dev/some/kmsg"];
    const devices = [{ source: "/dev/kmsg", destination: "/dev/some/kmsg" }];
    const { stdout, stderr } = await run({ root: { dir }, mounts: [programs], args, devices });
    const { mode, uid, gid } = statSync("/dev/kmsg");
    expect(stderr).toBe("");
    expect(stdout).toBe(`character special file 1:b ${(mode & 0o777).toString(8)} ${uid}:${gid}\n`);
  });

  test("can be used, and no other because of it", async () => {
    const given = { devices: [{ source: "/dev/kmsg" }] };
    expect(await inside(": < /dev/kmsg", given)).toEqual([""]);
    const [kmsg, ...others] = [...dangerous].toReversed();
    expect(kmsg).toBe("c 1 11");
    expect(others).toHaveLength(4);
    const script = others.map((one) => `mknod /dev/made ${one}`).join(";");
    for (const line of await inside(script, given)) expect(line).toMatch(/not permitted$/);
  });

  test("can be used in the way that was allowed, and in no other", async () => {
    const reading = { devices: [{ source: "/dev/kmsg", access: "r" }] };
    expect(await inside(": < /dev/kmsg", reading)).toEqual([""]);
    const [said] = await inside(": > /dev/kmsg", reading);
    expect(said).toMatch(/not permitted$/);
    expect((await inside("mknod /dev/made c 1 11", reading))[0]).toMatch(/not permitted$/);
    // It is this machine's own node then, and stays as it is.
    const { mode } = statSync("/dev/kmsg");
    expect((await inside("chmod 666 /dev/kmsg", reading))[0]).toMatch(/Read-only file system$/);
    expect(statSync("/dev/kmsg").mode).toBe(mode);
  });

  test("is bound where nodes cannot be made, in a user namespace", async () => {
    const ranges = [{ containerID: 0, hostID: 0, size: 65_536 }];
    const given = {
      devices: [{ ...full, destination: "/dev/another" }],
      uidMappings: ranges,
    };
    const [said] = await inside("head -c 1 /dev/zero | dd of=/dev/another status=none", given);
    expect(said).toMatch(/No space left on device$/);
  });

  test.each([
    ["is nowhere", "/dev/nosuch", /ENOENT/],
    ["is a file", "/etc/passwd", /no device node/],
    ["is a directory", "/dev", /no device node/],
  ])("is refused when it %s", async (_, source, why) => {
    const devices = [{ source, destination: "/dev/x" }];
    const starting = run({ root: "host", args: ["true"], devices });
    await expect(starting).rejects.toMatchObject({ field: "devices[0].source" });
    await expect(starting).rejects.toThrow(why);
  });
});

test.skipIf(isRoot)(
  "without root a device is not to be given in part (skipped as root)",
  async () => {
    const devices = [{ source: "/dev/full", destination: "/dev/another", access: "r" }];
    const starting = run({ root: "host", args: ["true"], devices });
    await expect(starting).rejects.toMatchObject({ field: "devices[0].access" });
  },
);
