import { describe, expect, test } from "vitest";
import { dmem } from "./dmem.ts";
import { hugetlbOf } from "./hugetlb.ts";
import { misc } from "./misc.ts";
import { pids } from "./pids.ts";
import { contextOf, groupOf, lines } from "./pretended-group.ts";
import { rdma } from "./rdma.ts";

describe("pids", () => {
  test("a limit is a number or max", () => {
    expect(lines(pids.settings?.({ pids: { limit: 5 } }, contextOf()))).toEqual(["pids.max=5"]);
    expect(pids.limits?.(groupOf({ "pids.max": "max" }))).toEqual({ pids: { limit: "max" } });
    expect(pids.settings?.({}, contextOf())).toEqual([]);
  });

  test("forks that failed are counted where the kernel does", () => {
    const files = { "pids.current": "2", "pids.max": "5" };
    expect(pids.stat?.pids?.(groupOf(files))).toEqual({ current: 2, limit: 5, events: {} });
    expect(
      pids.stat?.pids?.(groupOf({ ...files, "pids.peak": "5", "pids.events": "max 3" })),
    ).toEqual({ current: 2, peak: 5, limit: 5, events: { max: 3 } });
  });
});

describe("hugetlb", () => {
  const hugetlb = hugetlbOf(() => ["2MB", "1GB"]);
  const files = {
    "hugetlb.2MB.max": "4194304",
    "hugetlb.2MB.rsvd.max": "max",
    "hugetlb.2MB.current": "2097152",
    "hugetlb.2MB.events": "max 7",
  };

  test("reserved pages are limited with those in use, so that mmap fails instead of the process", () => {
    const hugepageLimits = [{ pageSize: "2MB", limit: "4MiB" }] as const;
    expect(lines(hugetlb.settings?.({ hugepageLimits }, contextOf(files)))).toEqual([
      "hugetlb.2MB.max=4194304",
      "hugetlb.2MB.rsvd.max=4194304",
    ]);
  });

  test("a page size without files is refused by name", () => {
    const hugepageLimits = [{ pageSize: "1GB", limit: 0 }];
    expect(() => hugetlb.settings?.({ hugepageLimits }, contextOf(files))).toThrow(
      expect.objectContaining({
        code: "X_CGROUP_UNSUPPORTED",
        field: "hugepageLimits[0].pageSize",
      }),
    );
  });

  test("limits and usage are told by page size", () => {
    expect(hugetlb.limits?.(groupOf(files))).toEqual({
      hugepageLimits: [{ pageSize: "2MB", limit: 4_194_304 }],
    });
    expect(hugetlb.stat?.hugetlb?.(groupOf(files))).toEqual({
      "2MB": { current: 2_097_152, limit: 4_194_304, events: { max: 7 } },
    });
    expect(hugetlb.stat?.hugetlb?.(groupOf({}))).toBeUndefined();
  });

  test("the greatest number of the kernel is no limit, as a new group has it", () => {
    expect(hugetlb.limits?.(groupOf({ "hugetlb.1GB.max": "9223372036854771712" }))).toEqual({
      hugepageLimits: [{ pageSize: "1GB", limit: "max" }],
    });
  });
});

describe("rdma", () => {
  test("only what is given is written", () => {
    const devices = { mlx5_0: { hcaHandles: 2, hcaObjects: "max" }, ocrdma1: { hcaObjects: 9 } };
    expect(lines(rdma.settings?.({ rdma: devices as never }, contextOf()))).toEqual([
      "rdma.max=mlx5_0 hca_handle=2 hca_object=max",
      "rdma.max=ocrdma1 hca_object=9",
    ]);
  });

  test("limits and usage are told by device", () => {
    const files = groupOf({
      "rdma.max": "mlx5_0 hca_handle=2 hca_object=max",
      "rdma.current": "mlx5_0 hca_handle=1 hca_object=20",
    });
    expect(rdma.limits?.(files)).toEqual({
      rdma: { mlx5_0: { hcaHandles: 2, hcaObjects: "max" } },
    });
    expect(rdma.stat?.rdma?.(files)).toEqual({ mlx5_0: { hcaHandle: 1, hcaObject: 20 } });
  });
});

describe("misc", () => {
  const files = {
    "misc.max": "sev max\nsev_es 5",
    "misc.current": "sev 1\nsev_es 2",
    "misc.events": "sev.max 0\nsev_es.max 4",
  };

  test("each resource is a line", () => {
    expect(lines(misc.settings?.({ misc: { sev: 3, sev_es: "max" } }, contextOf(files)))).toEqual([
      "misc.max=sev 3",
      "misc.max=sev_es max",
    ]);
  });

  test("a resource that the machine has not is refused, naming those it has", () => {
    expect(() => misc.settings?.({ misc: { tdx: 3 } }, contextOf(files))).toThrow(
      expect.objectContaining({
        code: "X_CGROUP_UNSUPPORTED",
        field: "misc.tdx",
        message: expect.stringContaining("sev, sev_es"),
      }),
    );
  });

  test("limits and usage are told by resource", () => {
    expect(misc.limits?.(groupOf(files))).toEqual({ misc: { sev: "max", sev_es: 5 } });
    expect(misc.stat?.misc?.(groupOf(files))).toEqual({
      sev: { current: 1, limit: "max", events: { max: 0 } },
      sev_es: { current: 2, limit: 5, events: { max: 4 } },
    });
  });
});

describe("dmem", () => {
  const region = "drm/0000:03:00.0/vram0";

  test("each region and kind of limit is a line", () => {
    const limits = { [region]: { max: "1GiB", low: 4096 } } as const;
    expect(lines(dmem.settings?.({ dmem: limits }, contextOf()))).toEqual([
      `dmem.low=${region} 4096`,
      `dmem.max=${region} 1073741824`,
    ]);
  });

  test("limits and usage are told by region", () => {
    const files = groupOf({
      "dmem.max": `${region} max`,
      "dmem.low": `${region} 4096`,
      "dmem.min": `${region} 0`,
      "dmem.current": `${region} 12`,
    });
    expect(dmem.limits?.(files)).toEqual({ dmem: { [region]: { max: "max", low: 4096, min: 0 } } });
    expect(dmem.stat?.dmem?.(files)).toEqual({ [region]: { current: 12 } });
  });
});
