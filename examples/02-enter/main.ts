// Joining the namespaces of a process that runs.
//
// A namespace has a door: its file in /proc/PID/ns. Whoever has the right to, which is whoever made
// it or root, passes through with setns(2). `enter` does so in a process of its own, never in this
// one, and closes everything behind it first: nobody inside can reach back out through it.
import { once } from "node:events";
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { text } from "node:stream/consumers";
import { clone, enter, type EnterOptions } from "@x/namespaces";

// 1. A "container": a shell that mounts fresh memory, leaves a note there, and waits.
const script = `
  mount -t tmpfs memory /mnt && echo "left by process $$" > /mnt/note && echo ready
  read the_end`;
await using container = await clone(["sh", "-c", script], {
  namespaces: ["user", "mount", "pid", "uts", "net"],
  hostname: "box",
});
await once(container.stdout!, "data");
const note = existsSync("/mnt/note") ? "there" : "not there";
console.log(`outside                 host name: ${hostname()}, note: ${note}`);

// 2. A second process in all of its namespaces sees what the first one sees.
const look = 'echo "host name: $(uname -n), note: $(cat /mnt/note 2> /dev/null || echo not there)"';
await show("in all of them", look);
await show("its processes", "ls -d /proc/[0-9]* | tr '\\n' ' '");

// 3. Or only in some. The user namespace comes along: it is what gives the right to the others.
await show("in its uts alone", look, { namespaces: ["user", "uts"] });

async function show(title: string, command: string, options?: EnterOptions): Promise<void> {
  const child = await enter(container.pid, ["sh", "-c", command], options);
  console.log(`${title.padEnd(24)}${(await text(child.stdout!)).trim()}`);
  await child.exited;
}
