import { describe, expect, test } from "vitest";
import type { BlockIoLimits } from "../resources.ts";
import { io } from "./io.ts";
import { contextOf, groupOf, lines } from "./pretended-group.ts";

const sda = { major: 8, minor: 0 };
const sdb = { major: 8, minor: 16 };
const settings = (blockIO: BlockIoLimits, files: Record<string, string> = {}): string[] =>
  lines(io.settings?.({ blockIO }, contextOf(files)));

describe("io.max", () => {
  test("has one line for a device with all of its rates", () => {
    expect(
      settings({
        throttleReadBpsDevice: [
          { ...sda, rate: "1MiB" },
          { ...sdb, rate: "max" },
        ],
        throttleWriteBpsDevice: [{ ...sda, rate: 2048 }],
        throttleReadIOPSDevice: [{ ...sda, rate: 10 }],
        throttleWriteIOPSDevice: [{ ...sda, rate: 20 }],
      }),
    ).toEqual(["io.max=8:0 rbps=1048576 wbps=2048 riops=10 wiops=20", "io.max=8:16 rbps=max"]);
  });

  test("reads back by device, without what is not limited", () => {
    const text =
      "8:0 rbps=1048576 wbps=max riops=max wiops=20\n8:16 rbps=max wbps=5 riops=max wiops=max";
    expect(io.limits?.(groupOf({ "io.max": text }))).toEqual({
      blockIO: {
        throttleReadBpsDevice: [{ ...sda, rate: 1_048_576 }],
        throttleWriteBpsDevice: [{ ...sdb, rate: 5 }],
        throttleWriteIOPSDevice: [{ ...sda, rate: 20 }],
      },
    });
  });

  test("a rate of 0 is refused", () => {
    expect(() => settings({ throttleReadIOPSDevice: [{ ...sda, rate: 0 }] })).toThrow(
      expect.objectContaining({ field: "blockIO.throttleReadIOPSDevice[0].rate" }),
    );
  });
});

describe("weights", () => {
  const blockIO = { weight: 500, weightDevice: [{ ...sda, weight: 1000 }] };

  test("are BFQ's as they are where it is there", () => {
    const context = contextOf({ "io.bfq.weight": "default 100", "io.weight": "default 100" });
    expect(lines(io.settings?.({ blockIO }, context))).toEqual([
      "io.bfq.weight=default 500",
      "io.bfq.weight=8:0 1000",
    ]);
    expect(context.conversions).toEqual([]);
  });

  test("are converted for the cost model elsewhere, and that is told", () => {
    const context = contextOf({ "io.weight": "default 100" });
    expect(lines(io.settings?.({ blockIO }, context))).toEqual([
      "io.weight=default 4950",
      "io.weight=8:0 10000",
    ]);
    expect(context.conversions.map(({ field }) => field)).toEqual([
      "blockIO.weight",
      "blockIO.weightDevice[0].weight",
    ]);
  });

  test("are refused where neither is", () => {
    expect(() => settings(blockIO)).toThrow(
      expect.objectContaining({ code: "X_CGROUP_UNSUPPORTED", field: "blockIO.weight" }),
    );
  });

  test.each([
    [{ "io.bfq.weight": "default 500\n8:0 1000" }],
    [{ "io.bfq.weight": "500\n8:0 1000" }],
    [{ "io.weight": "default 4950\n8:0 10000" }],
  ])("read back as they were given: %j", (files) => {
    expect(io.limits?.(groupOf(files as Record<string, string>))).toEqual({ blockIO });
  });

  test.each<[BlockIoLimits, string]>([
    [{ leafWeight: 10 }, "blockIO.leafWeight"],
    [{ weightDevice: [{ ...sda, leafWeight: 10 }] }, "blockIO.weightDevice[0].leafWeight"],
  ])("of leaves are refused by name: %j", (limits, field) => {
    expect(() => settings(limits)).toThrow(
      expect.objectContaining({ code: "X_CGROUP_UNSUPPORTED", field }),
    );
  });
});

test("a latency is kept where the kernel can", () => {
  const limits = { latencyDevice: [{ ...sda, target: "10ms" }] } as const;
  const files = { "io.latency": "8:0 target=10000" };
  expect(settings(limits, files)).toEqual(["io.latency=8:0 target=10000"]);
  expect(io.limits?.(groupOf(files))).toEqual({
    blockIO: { latencyDevice: [{ ...sda, target: 10_000 }] },
  });
  expect(() => settings(limits)).toThrow(
    expect.objectContaining({ code: "X_CGROUP_UNSUPPORTED", field: "blockIO.latencyDevice[0]" }),
  );
});

test("what was read and written is told by device, also where the kernel joins lines", () => {
  const text = "7:0 7:1 8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n8:16 ";
  expect(io.stat?.io?.(groupOf({ "io.stat": text }))).toEqual([
    {
      ...sda,
      readBytes: 1,
      writeBytes: 2,
      readOps: 3,
      writeOps: 4,
      discardBytes: 5,
      discardOps: 6,
    },
  ]);
  expect(io.stat?.io?.(groupOf({}))).toBeUndefined();
});
