import { describe, expect, test } from "vitest";
import { run } from "./start.ts";

const range = [{ containerID: 0, hostID: 100_000, size: 65_536 }];

describe.skipIf(process.getuid?.() !== 0)("a container with a range of ids (needs root)", () => {
  test("has a root that is somebody else outside, and owns what the container is given", async () => {
    const script = "cat /proc/self/uid_map; id -u; stat -c %u /root /usr";
    const { stdout } = await run({
      root: "host",
      args: ["sh", "-c", script],
      uidMappings: range,
    });
    expect(stdout.split("\n").map((line) => line.trim().replace(/ +/g, " "))).toEqual([
      "0 100000 65536",
      "0",
      "0",
      "65534",
      "",
    ]);
  });

  test("can run its command as any of them, with groups", async () => {
    const { stdout } = await run({
      root: "host",
      args: ["sh", "-c", "id -u; id -g; id -G"],
      user: { uid: 1000, gid: 1000, additionalGids: [7] },
      uidMappings: range,
    });
    expect(stdout).toBe("1000\n1000\n1000 7\n");
  });
});
