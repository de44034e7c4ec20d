import type { HugepageLimit } from "../resources.ts";
import { every, invalid, listOf, object, show, text, type Check } from "./check.ts";
import { orMax, size } from "./quantity.ts";

const pageSize: Check = every(
  text(/^[1-9]\d*(KB|MB|GB)$/, 'a page size as the kernel writes it: "2MB", "1GB"'),
  (value, field, { pageSizes }) => {
    if (pageSizes.includes(value as string)) return;
    const there = pageSizes.length === 0 ? "none" : pageSizes.join(", ");
    throw invalid(field, `there are no huge pages of ${show(value)}; this machine has ${there}`);
  },
);

/** `Resources.hugepageLimits` */
export const hugepageLimits: Check = listOf<HugepageLimit>(
  object<HugepageLimit>({ pageSize, limit: orMax(size()) }, ["pageSize", "limit"]),
  (limit) => `page size ${limit.pageSize}`,
);
