// A process that runs out of memory, and what the kernel knows of it.
//
// At its limit a group is first made to give back what it can do without: pages of files, and with
// swap those of processes. When nothing is left, the kernel kills. The process sees nothing coming
// and can say nothing; its exit is the same as after `kill -9`. But its group has counted.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createCgroup, type MemoryDetail } from "@x/cgroups";

// 1. A group, where 64 MiB of memory and swap together mean: no swap.
const [MiB, size] = [2 ** 20, "64MiB"] as const;
await using group = await createCgroup({ memory: { limit: size, swap: size } });

// 2. A child that takes and keeps a megabyte every ten milliseconds.
const script = `process.stdin.once("data", () => {
  const kept = [];
  setInterval(() => kept.push(Buffer.alloc(${MiB}, 1)), 10);
})`;
const child = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "inherit", "inherit"] });
group.add(child.pid!);
child.stdin.end("go\n");

// 3. What it had when it had most; once it is dead all of it has been given back.
let most: Partial<MemoryDetail> = {};
const look = setInterval(() => {
  const { memoryStat } = group.stat(["memoryStat"]);
  if (memoryStat!.anon >= (most.anon ?? 0)) most = memoryStat!;
}, 5);
const [code, signal] = await once(child, "exit");
clearInterval(look);

// 4. The explanation. The signal alone could have come from anybody.
const { limit, events } = group.stat(["memory"]).memory!;
const inMiB = (bytes: unknown): string => `${Math.round(Number(bytes) / MiB)} MiB`;
const why = events.oomKill > 0 ? `out of memory at ${inMiB(limit)}` : "not for want of memory";
console.log(`${why}: killed with ${signal ?? code}`);
console.log(`anon ${inMiB(most.anon)}, file ${inMiB(most.file)}`);
