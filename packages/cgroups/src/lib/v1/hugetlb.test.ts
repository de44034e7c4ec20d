import { describe, expect, test } from "vitest";
import { hugetlbOf } from "./hugetlb.ts";
import { filesOf, lines, refusal } from "./testing/context.ts";

const hugetlb = hugetlbOf(() => ["2MB", "1GB"]);
const files = {
  "hugetlb.2MB.limit_in_bytes": "9223372036854771712",
  "hugetlb.2MB.rsvd.limit_in_bytes": "9223372036854771712",
  "hugetlb.2MB.usage_in_bytes": "2097152",
  "hugetlb.2MB.max_usage_in_bytes": "4194304",
  "hugetlb.2MB.failcnt": "1",
};

describe("hugetlb of v1", () => {
  test("limits pages in use and pages reserved", () => {
    const hugepageLimits = [{ pageSize: "2MB", limit: "4MiB" }] as const;
    expect(lines(hugetlb, { hugepageLimits }, { files })).toEqual([
      "hugetlb.2MB.limit_in_bytes=4194304",
      "hugetlb.2MB.rsvd.limit_in_bytes=4194304",
    ]);
  });

  test("refuses a size that the kernel has not", () => {
    const hugepageLimits = [{ pageSize: "16GB", limit: 0 }];
    expect(refusal(hugetlb, { hugepageLimits }, { files })).toBe(
      "X_CGROUP_UNSUPPORTED hugepageLimits[0].pageSize",
    );
  });

  test("tells limits and usage by size", () => {
    expect(hugetlb.limits!(filesOf(files))).toEqual({
      hugepageLimits: [{ pageSize: "2MB", limit: "max" }],
    });
    expect(hugetlb.stat!.hugetlb!(filesOf(files))).toEqual({
      "2MB": { current: 2097152, peak: 4194304, limit: "max", events: { max: 1 } },
    });
    const rounded = { "hugetlb.1GB.limit_in_bytes": "9223372035781033984" };
    expect(hugetlb.limits!(filesOf(rounded)).hugepageLimits?.[0]?.limit).toBe("max");
    expect(hugetlb.stat!.hugetlb!(filesOf({}))).toBeUndefined();
  });
});
