import { fork, launch, load, memory, result, step, text, type Step } from "@x/plan";
import { AT_FDCWD, CLONE_NEWUSER, O_CLOEXEC, O_WRONLY } from "@x/syscall";
import { array, assert, asyncProperty, constantFrom, integer, oneof, record } from "fast-check";
import { describe, expect, test } from "vitest";
import { isRoot, outcome } from "../testing/outcome.ts";
import { clone } from "./clone.ts";
import { readIdMaps, verifyIdMaps } from "./id-map-check.ts";
import { ownIdMapSteps } from "./id-map-steps.ts";
import { formatIdMap, validateIdMappings, type IdMapping } from "./id-map.ts";
import { identity } from "./identity.ts";

const field = "uidMappings";

/** Whether the kernel takes a text as the uid_map of a fresh user namespace. */
async function kernelTakes(map: string): Promise<boolean> {
  // The child waits until its parent is gone, which closes the pipe.
  const [readEnd, writeEnd] = [load("pipe", 0, 4), load("pipe", 4, 4)];
  const child = [step("close", [writeEnd]), step("read", [readEnd, memory("byte", 1), 1])];
  const plan = [
    step("pipe2", [memory("pipe", 8), O_CLOEXEC]),
    fork({ flags: CLONE_NEWUSER }, child, { as: "child" }),
    step("openat", [AT_FDCWD, text("/proc/", result("child"), "/uid_map"), O_WRONLY], {
      as: "map",
    }),
    step("write", [result("map"), map, Buffer.byteLength(map)], { field }),
    step("exit_group", [0]),
  ];
  try {
    await using launched = await launch(plan, { stdio: "ignore" });
    await launched.exited;
    return true;
  } catch (error) {
    expect(error).toMatchObject({ syscall: "write", field, code: "EINVAL" });
    return false;
  }
}

function weTake(mappings: readonly IdMapping[]): boolean {
  try {
    validateIdMappings(mappings);
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!isRoot)("validateIdMappings says what the kernel says (needs root)", () => {
  const edge = constantFrom(0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1);
  const small = integer({ min: 0, max: 20 });
  const number = oneof({ arbitrary: small, weight: 4 }, edge);
  const line = record({ containerID: number, hostID: number, size: number });

  test("of any few lines", async () => {
    await assert(
      asyncProperty(array(line, { maxLength: 4 }), async (mappings) => {
        expect(await kernelTakes(formatIdMap(mappings))).toBe(weTake(mappings));
      }),
      { numRuns: 150 },
    );
  });

  const lines = (count: number, first: number): IdMapping[] =>
    Array.from({ length: count }, (_, i) => ({ containerID: i, hostID: first + 2 * i, size: 1 }));

  /** 262 lines of 4,082 bytes, and one more. */
  const long = (last: number): IdMapping[] => [
    ...lines(262, 100_000_000),
    { containerID: 262, hostID: last, size: 1 },
  ];

  test.each([
    ["340 short lines", lines(340, 0), true],
    ["341 short lines", lines(341, 0), false],
    ["4,095 bytes", long(100_000), true],
    ["4,096 bytes", long(1_000_000), false],
    ["no line", [], false],
  ])("of %s", async (_, mappings, taken) => {
    expect(weTake(mappings)).toBe(taken);
    expect(await kernelTakes(formatIdMap(mappings))).toBe(taken);
  });
});

describe("the maps of a new user namespace", () => {
  test("are one's own ids as root unless given, read back from the kernel", async () => {
    const { uid, gid } = identity();
    await using child = await clone(["sleep", "60"], { namespaces: ["user"] });
    expect(readIdMaps(child.pid)).toEqual({
      uidMappings: [{ containerID: 0, hostID: uid, size: 1 }],
      gidMappings: [{ containerID: 0, hostID: gid, size: 1 }],
    });
  });

  test("that are not the ones asked for are an error with the field", async () => {
    const { uidMappings, gidMappings } = readIdMaps("self");
    const other = [{ containerID: 5, hostID: 5, size: 5 }];
    expect(() => verifyIdMaps(process.pid, { uidMappings, gidMappings })).not.toThrow();
    expect(() => verifyIdMaps(process.pid, { uidMappings, gidMappings: other })).toThrow(
      expect.objectContaining({ code: "X_NAMESPACE_MAPS", field: "gidMappings" }),
    );
  });

  test("can be written by the process itself, for its own ids", async () => {
    const { uid, gid } = identity();
    const child = [
      ...ownIdMapSteps({ uid, gid, containerUid: 7, containerGid: 8 }),
      step("getuid", [], { expect: 7 }),
      step("getgid", [], { expect: 8 }),
      step("exit_group", [3]),
    ];
    const plan: Step[] = [
      fork({ flags: CLONE_NEWUSER }, child, { as: "child" }),
      { kind: "exitAs", pid: result("child") },
    ];
    await using launched = await launch(plan);
    expect(await launched.exited).toEqual({ code: 3, signal: null });
  });

  test.skipIf(!isRoot)("can be ranges; groups are the container's alone (needs root)", async () => {
    const range = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
    const child = await clone(["sh", "-c", "id -u; id -G; cat /proc/self/setgroups"], {
      namespaces: ["user"],
      uidMappings: range,
      gidMappings: range,
      uid: 1000,
      gid: 1001,
      groups: [5],
    });
    expect((await outcome(child)).stdout).toBe("1000\n1001 5\nallow\n");
  });

  test.skipIf(!isRoot)("can be 340 lines (needs root)", async () => {
    const uidMappings = Array.from({ length: 340 }, (_, i) => {
      return { containerID: i, hostID: 2 * i, size: 1 };
    });
    await using child = await clone(["sleep", "60"], { namespaces: ["user"], uidMappings });
    expect(readIdMaps(child.pid).uidMappings).toEqual(uidMappings);
  });

  test("that overlap are refused before anything is started", async () => {
    const uidMappings = [
      { containerID: 0, hostID: 0, size: 2 },
      { containerID: 1, hostID: 5, size: 2 },
    ];
    await expect(clone(["true"], { namespaces: ["user"], uidMappings })).rejects.toMatchObject({
      code: "X_NAMESPACE_INVALID",
      field: "uidMappings[1].containerID",
    });
  });
});
