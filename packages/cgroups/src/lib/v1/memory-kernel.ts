import type { Setting, SettingContext } from "../controller.ts";
import { parseFlatKeyed } from "../parse/flat-keyed.ts";
import type { MemoryLimits } from "../resources.ts";
import { bytesOf } from "../units.ts";
import { limitText } from "./read-number.ts";
import { requireFile, unsupported } from "./refusal.ts";
import { writer } from "./writer.ts";

const write = writer("memory");
const kernelFile = "memory.kmem.limit_in_bytes";
const tcpFile = "memory.kmem.tcp.limit_in_bytes";
const counted = "Leave it out: memory.limit counts kernel memory with all else";

/** Limits of kernel memory and of TCP buffers. No limit is what a kernel without the file has. */
export function kernelSettings(
  { kernel, kernelTCP }: MemoryLimits,
  context: SettingContext,
): Setting[] {
  const settings: Setting[] = [];
  if (kernel !== undefined && !(kernel === "max" && isMissing(kernelFile, context))) {
    const bytes = bytesOf(kernel, "memory.kernel");
    requireFile(context, kernelFile, "memory.kernel", counted);
    if (bytes !== "max") refuseIfIgnored(context);
    settings.push(write(kernelFile, limitText(bytes), "memory.kernel"));
  }
  if (kernelTCP !== undefined && !(kernelTCP === "max" && isMissing(tcpFile, context))) {
    requireFile(context, tcpFile, "memory.kernelTCP", "It needs CONFIG_MEMCG_V1 and CONFIG_INET");
    const bytes = bytesOf(kernelTCP, "memory.kernelTCP");
    settings.push(write(tcpFile, limitText(bytes), "memory.kernelTCP"));
  }
  return settings;
}

/**
 * Linux 5.16 to 6.5 refuses the write; later kernels take any number and do nothing. Those show
 * `swapcached` in v1's `memory.stat`, which the ones that refuse do not (both changed with 6.6).
 */
function refuseIfIgnored({ files }: SettingContext): void {
  if (parseFlatKeyed(files.read("memory.stat") ?? "")["swapcached"] === undefined) return;
  throw unsupported("memory.kernel", `this kernel takes ${kernelFile} and does nothing`, counted);
}

function isMissing(file: string, { files }: SettingContext): boolean {
  return files.read(file) === undefined;
}
