import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createCgroup } from "../index.ts";
import { gatedShell } from "../testing/gated.ts";
import { titled, whyNot } from "../testing/host.ts";

const no = whyNot("io");
const MiB = 1_048_576;

test.skipIf(no)(
  titled("a throttled direct write takes the time that the limit implies", no),
  async () => {
    using disk = loopDevice(16 * MiB);
    const { major, minor } = disk;
    await using group = await createCgroup({
      blockIO: { throttleWriteBpsDevice: [{ major, minor, rate: "2MiB" }] },
    });
    expect(group.limits().blockIO?.throttleWriteBpsDevice).toEqual([
      { major, minor, rate: 2 * MiB },
    ]);
    const write = `dd if=/dev/zero of=${disk.path} bs=64k count=64 oflag=direct 2>/dev/null && echo done`;
    const begin = performance.now();
    await using slow = await gatedShell(group, write);
    expect(await slow.line()).toBe("done");
    const seconds = (performance.now() - begin) / 1000;
    expect(seconds).toBeGreaterThan(1.6); // 4 MiB at 2 MiB a second
    expect(seconds).toBeLessThan(4);
    const counted = group
      .stat(["io"])
      .io!.find((one) => one.major === major && one.minor === minor);
    expect(counted!.writeBytes).toBeGreaterThanOrEqual(4 * MiB);
    expect(counted!.writeOps).toBeGreaterThanOrEqual(64);

    await group.update({ blockIO: { throttleWriteBpsDevice: [{ major, minor, rate: "max" }] } });
    const again = performance.now();
    await using fast = await gatedShell(group, write);
    expect(await fast.line()).toBe("done");
    expect((performance.now() - again) / 1000).toBeLessThan(1);
  },
);

interface LoopDevice extends Disposable {
  readonly path: string;
  readonly major: number;
  readonly minor: number;
}

function loopDevice(bytes: number): LoopDevice {
  const folder = mkdtempSync(join(tmpdir(), "loop-"));
  const file = join(folder, "disk");
  writeFileSync(file, "");
  truncateSync(file, bytes);
  const path = execFileSync("losetup", ["--find", "--show", file], { encoding: "utf8" }).trim();
  const { rdev } = statSync(path);
  return {
    path,
    major: rdev >> 8,
    minor: rdev & 0xff,
    [Symbol.dispose]() {
      execFileSync("losetup", ["--detach", path]);
      rmSync(folder, { recursive: true });
    },
  };
}
