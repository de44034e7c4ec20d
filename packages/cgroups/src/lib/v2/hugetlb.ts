import type { Controller, Files, Setting } from "../controller.ts";
import { readMachine } from "../machine.ts";
import { parseFlatKeyed } from "../parse/flat-keyed.ts";
import type { HugepageLimit } from "../resources.ts";
import type { HugetlbStat } from "../stat.ts";
import { bytesOf } from "../units.ts";
import { limitIn, numberIn } from "./file-value.ts";
import { requireFile } from "./unsupported.ts";

/** {@link hugetlbOf} the page sizes of this machine. */
export const hugetlb: Controller = hugetlbOf(() => readMachine().pageSizes);

/**
 * Huge pages, with files for each of the page sizes. Source: "HugeTLB" of
 * Documentation/admin-guide/cgroup-v2.rst.
 */
export function hugetlbOf(pageSizes: () => readonly string[]): Controller {
  return {
    name: "hugetlb",
    fields: ["hugepageLimits"],
    settings({ hugepageLimits = [] }, { files }) {
      return hugepageLimits.flatMap((limit, index) => settingsOf(limit, index, files));
    },
    limits(files) {
      const hugepageLimits = pageSizes().flatMap((pageSize): HugepageLimit[] => {
        const limit = limitIn(files, `hugetlb.${pageSize}.max`);
        return limit === undefined ? [] : [{ pageSize, limit }];
      });
      return hugepageLimits.length === 0 ? {} : { hugepageLimits };
    },
    stat: {
      hugetlb(files) {
        const bySize: Record<string, HugetlbStat> = {};
        for (const pageSize of pageSizes()) {
          const current = numberIn(files, `hugetlb.${pageSize}.current`);
          if (current === undefined) continue;
          const { max = 0 } = parseFlatKeyed(files.read(`hugetlb.${pageSize}.events`) ?? "");
          const limit = limitIn(files, `hugetlb.${pageSize}.max`) ?? "max";
          bySize[pageSize] = { current, limit, events: { max } };
        }
        return Object.keys(bySize).length === 0 ? undefined : bySize;
      },
    },
  };
}

/**
 * The limit of reserved pages with that of used ones, as runc does: mmap(2) beyond it fails with
 * ENOMEM, where touching a page beyond the other kills with SIGBUS.
 */
function settingsOf({ pageSize, limit }: HugepageLimit, index: number, files: Files): Setting[] {
  const field = `hugepageLimits[${index}].limit`;
  const value = `${bytesOf(limit, field)}`;
  const [used, reserved] = [`hugetlb.${pageSize}.max`, `hugetlb.${pageSize}.rsvd.max`];
  requireFile(files, used, `hugepageLimits[${index}].pageSize`, "This kernel has no such pages");
  const both = files.read(reserved) === undefined ? [used] : [used, reserved];
  return both.map((file) => ({ controller: "hugetlb", file, value, field }));
}
