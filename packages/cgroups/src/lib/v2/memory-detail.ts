import { parseFlatKeyed } from "../parse/flat-keyed.ts";
import type { MemoryDetail } from "../stat.ts";

/** Our names and the kernel's, where the kernel's file may lack them. */
const names = Object.entries({
  shmem: "shmem",
  fileMapped: "file_mapped",
  fileDirty: "file_dirty",
  fileWriteback: "file_writeback",
  inactiveAnon: "inactive_anon",
  activeAnon: "active_anon",
  inactiveFile: "inactive_file",
  activeFile: "active_file",
  unevictable: "unevictable",
  kernel: "kernel",
  slab: "slab",
  sock: "sock",
  pgfault: "pgfault",
  pgmajfault: "pgmajfault",
} satisfies Partial<Record<keyof MemoryDetail, string>>);

/** What a `memory.stat` says. */
export function memoryDetail(text: string): MemoryDetail {
  const raw = parseFlatKeyed(text);
  const known: Record<string, number> = {};
  for (const [name, kernel] of names) {
    const value = raw[kernel];
    if (value !== undefined) known[name] = value;
  }
  return { ...known, anon: raw["anon"] ?? 0, file: raw["file"] ?? 0, raw };
}
