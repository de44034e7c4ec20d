import type { Files } from "../controller.ts";
import { parseFlatKeyed } from "../parse/flat-keyed.ts";
import { present } from "../present.ts";
import type { MemoryDetail } from "../stat.ts";
import { readNumber } from "./read-number.ts";

/**
 * `memory.stat`, with the numbers of the groups below, as v2 has them: v1 calls these `total_…`.
 * Kernel memory and TCP buffers have files of their own.
 */
export function memoryDetail(files: Files): MemoryDetail | undefined {
  const text = files.read("memory.stat");
  if (text === undefined) return undefined;
  const raw = parseFlatKeyed(text);
  return present<MemoryDetail>({
    anon: raw["total_rss"] ?? 0,
    file: raw["total_cache"] ?? 0,
    shmem: raw["total_shmem"],
    fileMapped: raw["total_mapped_file"],
    fileDirty: raw["total_dirty"],
    fileWriteback: raw["total_writeback"],
    inactiveAnon: raw["total_inactive_anon"],
    activeAnon: raw["total_active_anon"],
    inactiveFile: raw["total_inactive_file"],
    activeFile: raw["total_active_file"],
    unevictable: raw["total_unevictable"],
    kernel: readNumber(files, "memory.kmem.usage_in_bytes"),
    sock: readNumber(files, "memory.kmem.tcp.usage_in_bytes"),
    pgfault: raw["total_pgfault"],
    pgmajfault: raw["total_pgmajfault"],
    raw,
  });
}
