// The worker of the example: takes a host name and a network for itself, and tells what it sees.
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { parentPort } from "node:worker_threads";
import { namespacesOf, unshare } from "@x/namespaces";
import { syscall } from "@x/syscall";

unshare(["uts", "net"]);
syscall("sethostname", "worker", 6);

const file = "/proc/sys/kernel/hostname"; // the host name of the thread that reads it
parentPort.postMessage({
  hostName: readFileSync(file, "utf8").trim(),
  network: namespacesOf("self").net.inode,
  hostNameByPromise: (await readFile(file, "utf8")).trim(),
});
parentPort.once("message", () => {}); // stays, and with it the namespaces, until it hears of us
