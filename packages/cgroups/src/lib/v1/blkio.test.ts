import { describe, expect, test } from "vitest";
import { blkio } from "./blkio.ts";
import { filesOf, lines, refusal } from "./testing/context.ts";

const disk = { major: 8, minor: 0 };

describe("blkio of v1", () => {
  test("throttles by device, and no limit is 0", () => {
    const blockIO = {
      throttleReadBpsDevice: [{ ...disk, rate: "1MiB" }],
      throttleWriteBpsDevice: [{ ...disk, rate: "max" }],
      throttleReadIOPSDevice: [{ ...disk, rate: 100 }],
      throttleWriteIOPSDevice: [{ ...disk, minor: 16, rate: 200 }],
    } as const;
    expect(lines(blkio, { blockIO })).toEqual([
      "blkio.throttle.read_bps_device=8:0 1048576",
      "blkio.throttle.write_bps_device=8:0 0",
      "blkio.throttle.read_iops_device=8:0 100",
      "blkio.throttle.write_iops_device=8:16 200",
    ]);
  });

  test("refuses a rate of operations that the kernel would cut to 32 bits", () => {
    const to = (rate: number) => ({ blockIO: { throttleReadIOPSDevice: [{ ...disk, rate }] } });
    expect(refusal(blkio, to(2 ** 32))).toBe(
      "X_CGROUP_INVALID blockIO.throttleReadIOPSDevice[0].rate",
    );
    expect(refusal(blkio, to(2 ** 32 - 1))).toBe("taken");
  });

  test("gives weights to BFQ, or to the file that CFQ had", () => {
    const blockIO = { weight: 200, weightDevice: [{ ...disk, weight: 300 }] };
    const bfq = { "blkio.bfq.weight": "100", "blkio.bfq.weight_device": "default 100" };
    const cfq = { "blkio.weight": "500", "blkio.weight_device": "" };
    expect(lines(blkio, { blockIO }, { files: { ...bfq, ...cfq } })).toEqual([
      "blkio.bfq.weight=200",
      "blkio.bfq.weight_device=8:0 300",
    ]);
    expect(lines(blkio, { blockIO }, { files: cfq })).toEqual([
      "blkio.weight=200",
      "blkio.weight_device=8:0 300",
    ]);
    expect(refusal(blkio, { blockIO })).toBe("X_CGROUP_UNSUPPORTED blockIO.weight");
  });

  test("refuses by name what is gone with CFQ, and what only v2 has", () => {
    expect(refusal(blkio, { blockIO: { leafWeight: 10 } })).toBe(
      "X_CGROUP_UNSUPPORTED blockIO.leafWeight",
    );
    const leaves = { weightDevice: [{ ...disk, leafWeight: 10 }] };
    expect(refusal(blkio, { blockIO: leaves })).toBe(
      "X_CGROUP_UNSUPPORTED blockIO.weightDevice[0].leafWeight",
    );
    const files = { "blkio.leaf_weight": "500", "blkio.leaf_weight_device": "" };
    expect(lines(blkio, { blockIO: { leafWeight: 10, ...leaves } }, { files })).toEqual([
      "blkio.leaf_weight=10",
      "blkio.leaf_weight_device=8:0 10",
    ]);
    expect(refusal(blkio, { blockIO: { latencyDevice: [{ ...disk, target: "1ms" }] } })).toBe(
      "X_CGROUP_UNSUPPORTED blockIO.latencyDevice",
    );
  });

  test("reads what is set", () => {
    const files = {
      "blkio.bfq.weight": "200",
      "blkio.bfq.weight_device": "default 200\n8:0 300",
      "blkio.throttle.read_bps_device": "8:0 1048576\n8:16 4096",
      "blkio.throttle.write_bps_device": "",
    };
    expect(blkio.limits!(filesOf(files))).toEqual({
      blockIO: {
        weight: 200,
        weightDevice: [{ ...disk, weight: 300 }],
        throttleReadBpsDevice: [
          { ...disk, rate: 1048576 },
          { ...disk, minor: 16, rate: 4096 },
        ],
      },
    });
  });

  test("counts each device once, where it is counted first", () => {
    const files = {
      "blkio.throttle.io_service_bytes_recursive":
        "8:0 Read 4096\n8:0 Write 512\n8:0 Sync 4608\n8:0 Async 0\n8:0 Discard 1\n8:0 Total 4609\nTotal 4609",
      "blkio.throttle.io_serviced_recursive": "8:0 Read 2\n8:0 Write 1\n8:0 Discard 1\nTotal 4",
      "blkio.bfq.io_service_bytes_recursive": "8:0 Read 1\n8:16 Read 7\n8:16 Write 0\nTotal 8",
      "blkio.bfq.io_serviced_recursive": "8:0 Read 1\n8:16 Read 1\nTotal 2",
    };
    expect(blkio.stat!.io!(filesOf(files))).toEqual([
      {
        ...disk,
        readBytes: 4096,
        writeBytes: 512,
        readOps: 2,
        writeOps: 1,
        discardBytes: 1,
        discardOps: 1,
      },
      { major: 8, minor: 16, readBytes: 7, writeBytes: 0, readOps: 1, writeOps: 0 },
    ]);
    expect(blkio.stat!.io!(filesOf({}))).toBeUndefined();
  });
});
