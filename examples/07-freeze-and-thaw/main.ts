// A process that is stopped, goes on, and never notices.
//
// SIGSTOP stops one process, which its parent hears of and anybody may undo. A frozen group is
// stopped as a whole, with every child that was just being made, and nobody inside can tell: no
// signal is sent, no call is interrupted; only the clock has moved on. What is frozen takes no CPU
// time and keeps its memory, files and connections.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { createCgroup } from "@x/cgroups";

// 1. A child that counts, ten milliseconds at a time, and says when a step took it much longer.
const script = `
  let [count, last] = [0, performance.now()];
  setInterval(() => {
    const now = performance.now();
    if (now - last > 300) console.error("the child: my clock jumped by more than 300 ms");
    process.send(++count);
    last = now;
  }, 10);`;
const stdio = ["ignore", "inherit", "inherit", "ipc"] as const;
const child = spawn(process.execPath, ["-e", script], { stdio: [...stdio] });
let count = 0;
child.on("message", (value) => (count = Number(value)));

await using group = await createCgroup();
group.add(child.pid!);
await once(child, "message");

// 2. Frozen, and looked at twice. `freeze` resolves when the last of them has stopped.
await group.freeze();
await sleep(50);
const first = count;
await sleep(400);
console.log(`frozen: ${group.frozen}, counted meanwhile: ${count - first}`);

// 3. Thawed.
await group.thaw();
await sleep(200);
console.log(`frozen: ${group.frozen}, counts again: ${count > first}`);
