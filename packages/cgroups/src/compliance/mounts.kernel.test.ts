import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { createCgroup, detect, type Hierarchies } from "../index.ts";
import { runAs } from "../testing/as-user.ts";
import { gatedShell } from "../testing/gated.ts";
import { host, titled, whyNot } from "../testing/host.ts";

const no = whyNot();
const pair = ["net_cls", "net_prio"] as const;
const noPair = no ?? whyNoPair();

test.skipIf(no)(
  titled("where all is mounted read-only nothing is made, and the refusal says so", no),
  async () => {
    const mountpoints = detect().all.map(({ mountpoint }) => mountpoint);
    const overlay =
      'while [ "$1" != -- ]; do mount -o bind,ro "$1" "$1"; shift; done; shift; exec "$@"';
    const { hierarchies, refusal } = await runAs<{
      hierarchies: Hierarchies;
      refusal: { code: string; message: string };
    }>(
      { wrapper: ["unshare", "-m", "sh", "-c", overlay, "sh", ...mountpoints, "--"] },
      "return { hierarchies: x.detect(), refusal: await x.createCgroup().catch(told) };",
    );
    expect(hierarchies.mode).toBe(host!.mode);
    expect(hierarchies.all.map(({ readonly }) => readonly)).toEqual(mountpoints.map(() => true));
    expect(refusal.code).toBe("X_CGROUP_PERMISSION");
    expect(refusal.message).toContain("read-only (EROFS, 30)");
  },
);

test.skipIf(noPair)(
  titled("controllers mounted together are found by content, at a path with a space", noPair),
  async () => {
    using place = mounted();
    const together = detect().all.find(({ mountpoint }) => mountpoint === place.path);
    expect(together).toMatchObject({ version: 1, root: "/", own: "/", readonly: false });
    expect(together!.controllers).toEqual(expect.arrayContaining([...pair]));
    expect(together!.controllers).toHaveLength(2);

    const group = await createCgroup({ network: { classID: 0x10_0001 } });
    const directory = group.directoryOf("net_cls")!.path;
    expect(group.directoryOf("net_prio")!.path).toBe(directory);
    expect(directory).toBe(`${place.path}${group.path}`);
    expect(readFileSync(`${directory}/net_cls.classid`, "latin1").trim()).toBe("1048577");
    {
      await using sleeper = await gatedShell(group, "exec sleep 60");
      expect(readFileSync(`/proc/${sleeper.pid}/cgroup`, "latin1")).toMatch(
        new RegExp(`:net_cls,net_prio:${group.path}$`, "m"),
      );
    }
    await group.delete();
    expect(existsSync(dirname(directory))).toBe(false);
  },
);

test.skipIf(noPair)(titled("what is unmounted again is not there", noPair), () => {
  {
    using place = mounted();
    expect(detect().all.map(({ mountpoint }) => mountpoint)).toContain(place.path);
  }
  expect(detect().all.flatMap(({ controllers }) => controllers)).not.toContain("net_cls");
});

/** Mounts the two together. */
function mounted(): Disposable & { readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), "x-mounts-"));
  const path = join(folder, "odd place");
  mkdirSync(path);
  execFileSync("mount", ["-t", "cgroup", "-o", pair.join(","), "none", path]);
  return {
    path,
    [Symbol.dispose]() {
      execFileSync("umount", [path]);
      rmSync(folder, { recursive: true });
    },
  };
}

function whyNoPair(): string | undefined {
  const text = readFileSync("/proc/cgroups", "latin1");
  const missing = pair.filter((name) => !new RegExp(`^${name}\\t.*\\t1$`, "m").test(text));
  if (missing.length > 0) return `no ${missing.join(", ")} in this kernel`;
  const taken = host!.controllers.filter((name) => pair.some((one) => one === name));
  return taken.length > 0 ? `${taken.join(", ")} is mounted here already` : undefined;
}
