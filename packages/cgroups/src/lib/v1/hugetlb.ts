import type { Controller, Setting, SettingContext } from "../controller.ts";
import { readMachine } from "../machine.ts";
import { present } from "../present.ts";
import type { HugepageLimit } from "../resources.ts";
import type { HugetlbStat } from "../stat.ts";
import { bytesOf } from "../units.ts";
import { limitText, readBytes, readNumber } from "./read-number.ts";
import { requireFile } from "./refusal.ts";
import { writer } from "./writer.ts";

const write = writer("hugetlb");

/** {@link hugetlbOf} the page sizes of this machine. */
export const hugetlb: Controller = hugetlbOf(() => readMachine().pageSizes);

/**
 * Huge pages, with files for each of the page sizes:
 * Documentation/admin-guide/cgroup-v1/hugetlb.rst.
 */
export function hugetlbOf(pageSizes: () => readonly string[]): Controller {
  return {
    name: "hugetlb",
    fields: ["hugepageLimits"],

    settings({ hugepageLimits = [] }, context) {
      return hugepageLimits.flatMap((limit, index) => settingsOf(limit, index, context));
    },

    limits(files) {
      const hugepageLimits = pageSizes().flatMap((pageSize): HugepageLimit[] => {
        const limit = readBytes(files, `hugetlb.${pageSize}.limit_in_bytes`);
        return limit === undefined ? [] : [{ pageSize, limit }];
      });
      return hugepageLimits.length === 0 ? {} : { hugepageLimits };
    },

    stat: {
      hugetlb(files) {
        const stat: Record<string, HugetlbStat> = {};
        for (const size of pageSizes()) {
          const current = readNumber(files, `hugetlb.${size}.usage_in_bytes`);
          if (current === undefined) continue;
          stat[size] = present<HugetlbStat>({
            current,
            peak: readNumber(files, `hugetlb.${size}.max_usage_in_bytes`),
            limit: readBytes(files, `hugetlb.${size}.limit_in_bytes`) ?? "max",
            events: { max: readNumber(files, `hugetlb.${size}.failcnt`) ?? 0 },
          });
        }
        return Object.keys(stat).length === 0 ? undefined : stat;
      },
    },
  };
}

/**
 * The limit of reserved pages with that of used ones: beyond the one mmap(2) fails, beyond the other
 * a process that touches a page gets SIGBUS.
 */
function settingsOf(
  { pageSize, limit }: HugepageLimit,
  index: number,
  context: SettingContext,
): Setting[] {
  const field = `hugepageLimits[${index}]`;
  const used = `hugetlb.${pageSize}.limit_in_bytes`;
  const reserved = `hugetlb.${pageSize}.rsvd.limit_in_bytes`;
  requireFile(context, used, `${field}.pageSize`, "Sizes are those of /sys/kernel/mm/hugepages");
  const value = limitText(bytesOf(limit, `${field}.limit`));
  const both = context.files.read(reserved) === undefined ? [used] : [used, reserved];
  return both.map((file) => write(file, value, `${field}.limit`));
}
