// New namespaces for one thread of Node, and what threads forbid.
//
// It is not a process that is in a namespace but each of its threads. So a worker can have a host
// name and a network to itself while the main thread keeps this machine's. That takes
// CAP_SYS_ADMIN, which root has, and everybody else in a user namespace.
import { once } from "node:events";
import { hostname } from "node:os";
import { Worker } from "node:worker_threads";
import { clone, namespacesOf, unshare } from "@x/namespaces";

// 1. Who is not root starts this program again, as root of a new user namespace.
if (process.getuid?.() !== 0) {
  const again = [process.execPath, ...process.execArgv, import.meta.filename];
  const child = await clone(again, { namespaces: ["user"], stdio: "inherit" });
  process.exit((await child.exited).code ?? 1);
}

// 2. A user namespace cannot be had by the way we have just come: Node always has threads. For
// this and two other kinds the kernel has EINVAL, or worse; the error says why, and what to do.
for (const kind of ["user", "pid", "time"] as const) {
  try {
    unshare([kind]);
  } catch (error) {
    console.log(`${error}\n`);
  }
}

// 3. The other kinds a thread can have for itself, until it ends. The worker (worker.js) does.
const worker = new Worker(new URL("./worker.js", import.meta.url));
const [seen] = (await once(worker, "message")) as [Record<string, unknown>];
console.log("the worker:     ", seen["hostName"], "network", seen["network"]);
console.log("the main thread:", hostname(), "network", namespacesOf("self").net?.inode);

// 4. Beware: asynchronous file calls run in Node's thread pool, which is not in there.
console.log("a promise of the worker:", seen["hostNameByPromise"]);
worker.postMessage("the end");
