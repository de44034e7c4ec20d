// Hearing of a shortage of memory before anybody is killed.
//
// Who is short of memory waits, for pages that were thrown away and must be read again. The kernel
// adds that time up, and wakes whoever has asked for it: by a trigger of v2, or a level of v1.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { createCgroup } from "@x/cgroups";
import { memoryPressureLevel, pressure } from "@x/cgroups/notify";

// 1. A child that reads 128 MiB of a disk, again and again, and has 32 MiB to keep them in.
const cwd = mkdtempSync("/var/tmp/pressure-");
using _ = { [Symbol.dispose]: () => rmSync(cwd, { recursive: true }) };
await using group = await createCgroup({ memory: { limit: "32MiB" } });
const script = "read go_on; head -c 128M /dev/zero > file; while cat file >/dev/null; do :; done";
const child = spawn("sh", ["-c", script], { cwd, stdio: ["pipe", "inherit", "inherit"] });
group.add(child.pid!);
const early = new AbortController();
child.once("exit", () => early.abort(new Error("it has ended: is /var/tmp a disk?")));

// 2. To be told when anybody in it has waited for 50 of 2,000 ms.
await using heard = group.unifiedDirectory
  ? pressure(group, { resource: "memory", kind: "some", stall: "50ms", window: "2s" }, early)
  : memoryPressureLevel(group, "medium", early);
child.stdin.end("go on\n");
for (let times = 1; times <= 2; times++) {
  console.log(`${(await heard.next()).value.kind}: ${waited()} ms waited so far`);
}

// 3. Whoever hears of it can do something: stop what can wait, throw away a cache, or give more.
await group.update({ memory: { limit: "256MiB" } });
await sleep(1000);
const before = waited();
await sleep(1000);
const { oomKill } = group.stat(["memory"]).memory!.events;
console.log(`with 256 MiB: ${waited() - before} ms of 1000, and ${oomKill} processes killed`);

function waited(): number {
  return Math.round((group.stat(["pressure"]).pressure?.memory?.some?.totalUsec ?? 0) / 1000);
}
