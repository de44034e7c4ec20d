import type { Files } from "../controller.ts";
import type { IoStat } from "../stat.ts";

/** Files that count the same: for every device that has a throttle, and for every one under BFQ. */
const sources = ["blkio.throttle", "blkio.bfq"];

/**
 * What was read and written, by device, the groups below included. Newer kernels count a device in
 * `blkio.throttle` only once some group has a throttle on it, and BFQ counts the devices it
 * schedules: the first that knows a device has the say.
 */
export function ioStat(files: Files): IoStat[] | undefined {
  const devices = new Map<string, IoStat>();
  let found = false;
  for (const source of sources) {
    const bytes = files.read(`${source}.io_service_bytes_recursive`);
    const operations = files.read(`${source}.io_serviced_recursive`);
    if (bytes === undefined || operations === undefined) continue;
    found = true;
    const byOperations = parseCounters(operations);
    for (const [device, counted] of parseCounters(bytes)) {
      if (devices.has(device)) continue;
      devices.set(device, statOf(device, counted, byOperations.get(device) ?? {}));
    }
  }
  return found ? [...devices.values()] : undefined;
}

/**
 * Lines like `8:0 Read 4096`, by device: `Read`, `Write`, `Discard`, and sums of them. The last
 * line, `Total 4096`, is no device's.
 */
function parseCounters(text: string): Map<string, Record<string, number>> {
  const devices = new Map<string, Record<string, number>>();
  for (const line of text.split("\n")) {
    const [device = "", kind, count] = line.split(" ");
    if (kind === undefined || count === undefined) continue;
    const counters = devices.get(device) ?? {};
    counters[kind] = Number(count);
    devices.set(device, counters);
  }
  return devices;
}

function statOf(
  device: string,
  bytes: Record<string, number>,
  operations: Record<string, number>,
): IoStat {
  const [major = 0, minor = 0] = device.split(":").map(Number);
  const { Read = 0, Write = 0, Discard } = bytes;
  return {
    major,
    minor,
    readBytes: Read,
    writeBytes: Write,
    readOps: operations["Read"] ?? 0,
    writeOps: operations["Write"] ?? 0,
    ...(Discard === undefined ? {} : { discardBytes: Discard }),
    ...(operations["Discard"] === undefined ? {} : { discardOps: operations["Discard"] }),
  };
}
