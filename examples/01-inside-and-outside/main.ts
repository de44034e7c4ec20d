// A process and its namespaces, seen from inside and from outside.
//
// A namespace is an object of the kernel with a number; /proc/PID/ns shows which ones a process is
// in. The child here gets all eight of its own: another pid, user, host name and network than we
// have, while for us it is a process like any other. That takes no root: in a new user namespace
// whoever made it is root, though only of what belongs to it, which here are the other seven.
import { statSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { text } from "node:stream/consumers";
import { allKinds, clone, namespaceKinds, namespacesOf } from "@x/namespaces";

// 1. A shell in new namespaces. It waits until we have had a look at it, then says what it sees.
const files = allKinds.map((kind) => namespaceKinds[kind].file);
const script = [
  "read go_on",
  "echo $$; id -u; uname -n",
  "echo $(tail -n +3 /proc/net/dev | cut -d: -f1)",
  `cd /proc/$$/ns && stat -L -c %i ${files.join(" ")}`,
];
const command = ["sh", "-c", script.join("\n")];
const child = await clone(command, { namespaces: allKinds, hostname: "box" });

// 2. From outside: the numbers of our namespaces and of the child's, and whose process it is.
const [ours, theirs] = [namespacesOf("self"), namespacesOf(child.pid)];
const owner = statSync(`/proc/${child.pid}`).uid;

// 3. From inside.
child.stdin!.end("go on\n");
const [pid, uid, name, devices, ...inside] = (await text(child.stdout!)).split("\n");

row("", "we", "the child, seen by us", "the child, seen by itself");
row("pid", process.pid, child.pid, pid);
row("user", process.getuid?.(), owner, uid);
row("host name", hostname(), "", name);
row("network devices", Object.keys(networkInterfaces()), "", devices);
allKinds.forEach((kind, i) => row(kind, ours[kind]?.inode, theirs[kind]?.inode, inside[i]));

function row(...cells: unknown[]): void {
  console.log(cells.map((cell) => String(cell).padEnd(22)).join(""));
}
