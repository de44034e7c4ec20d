// Processes of different groups in different namespaces.
//
// Linux once had a subsystem `ns` that made a group for every new set of namespaces. It is gone
// since 3.0, for the two are different things: a namespace is what a process sees, a group is what
// it may use. Who wants both makes both, and a cgroup namespace on top: inside it the process's own
// group is the root, and no other is to be seen.
import { once } from "node:events";
import { cgroupsOf, createCgroup, type Cgroup } from "@x/cgroups";
import { clone, namespacesOf, type NamespacedProcess } from "@x/namespaces";

// 1. Two groups, and in each a shell with host name, mounts and processes of its own. It waits to
// be put into its group, and only then makes its group the root of what it sees.
await using web = await createCgroup({ memory: { limit: "128MiB" } }, { name: "web" });
await using batch = await createCgroup({ memory: { limit: "64MiB" } }, { name: "batch" });
const members: [Cgroup, NamespacedProcess][] = [];
for (const group of [web, batch]) {
  const look = 'echo "process $$ of $(uname -n) in $(tail -1 /proc/self/cgroup)"; read the_end';
  const child = await clone(["sh", "-c", `read go_on; exec unshare --cgroup sh -c '${look}'`], {
    namespaces: ["pid", "mount", "uts"],
    hostname: group.name,
  });
  group.add(child.pid);
  child.stdin!.write("go on\n");
  console.log("inside:", String((await once(child.stdout!, "data"))[0]).trim());
  members.push([group, child]);
}

// 2. From outside: whose groups and whose namespaces they are.
for (const [{ name }, { pid }] of members) {
  const paths = new Set(cgroupsOf(pid).map(({ path }) => path.slice(path.lastIndexOf("/"))));
  const { uts, cgroup } = namespacesOf(pid);
  console.log(
    `${name.padEnd(6)} ${[...paths].join(" ")} uts ${uts?.inode} cgroup ${cgroup?.inode}`,
  );
}

// 3. The group is the handle on all of it: with its process 1 a PID namespace ends.
await Promise.all(members.map(([group]) => group.kill()));
for (const [{ name }, { exited }] of members) console.log(name, "ended:", (await exited).signal);
