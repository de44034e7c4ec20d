// A child process of Node, held to memory, CPU time and processes.
//
// A control group is a directory: `mkdir` makes one, its limits are files, and a process is in it
// once its number is written into `cgroup.procs`. From then on the limits hold for it and for every
// child it will have, all of them together. It needs root, or a part of the tree that was delegated.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { createCgroup } from "@x/cgroups";

// 1. The group. When this program is through, it is killed and deleted.
await using group = await createCgroup({
  memory: { limit: "256MiB" },
  cpu: { quota: "50ms", period: "100ms" },
  pids: { limit: 64 },
});
const { memory, cpu, pids } = group.limits();
console.log(`limits: ${memory?.limit} bytes, ${cpu?.quota} µs of ${cpu?.period}, ${pids?.limit}`);

// 2. A child that waits for a word before it does anything: what it does, it does in the group.
const script = 'process.stdin.once("data", () => { console.log("hot"); for (;;); })';
const child = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "inherit"] });
group.add(child.pid!);
child.stdin.end("go\n");
await once(child.stdout, "data");

// 3. It would take a whole CPU. What it gets:
const [begin, before] = [performance.now(), group.stat(["cpu"]).cpu!.usageUsec!];
await sleep(1000);
const used = group.stat(["cpu"]).cpu!.usageUsec! - before;
console.log(`busy: ${(used / 1000 / (performance.now() - begin)).toFixed(1)} of a CPU`);

// 4. All that it has used, and how often it was held back.
const stat = group.stat(["cpu", "memory", "pids"]);
console.log(`held back ${stat.cpu?.nrThrottled} times, for ${stat.cpu?.throttledUsec} µs`);
console.log(`memory: ${stat.memory?.current} bytes, processes and threads: ${stat.pids?.current}`);
