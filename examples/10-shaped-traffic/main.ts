// The traffic of one group, tagged and held to a rate.
//
// The controller net_cls puts a number on every socket that its group opens. That limits nothing: it
// is for `tc` and `nft` to tell by (shape.sh). It happens in a network namespace, where it cannot
// come in the way of this machine's own traffic.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";
import { createCgroup, type Cgroup } from "@x/cgroups";

const missing = ["tc", "nft", "unshare"].filter((tool) => spawnSync(tool, ["-V"]).error);
if (process.getuid?.() !== 0 || missing.length > 0) {
  console.error("Run as root, with iproute2 and nftables. Not here:", missing.join(", ") || "root");
  process.exit(1);
}

// 1. net_cls is of v1, and hardly anybody has it mounted. Here it is, until the end of this program.
const folder = mkdtempSync(`${tmpdir()}/net_cls-`);
using _ = { [Symbol.dispose]: () => (spawnSync("umount", [folder]), rmdirSync(folder)) };
execFileSync("mount", ["-t", "cgroup", "-o", "net_cls,net_prio", "none", folder]);

// 2. One group with a number, which tc would write as 10:1, and the same transfer in it and not in it.
await using group = await createCgroup({ network: { classID: 0x0010_0001 } });
console.log(`tagged,   ${await transfer(group)}`);
console.log(`untagged, ${await transfer()}`);

async function transfer(member?: Cgroup): Promise<string> {
  const script = `read go_on; . ./shape.sh; exec "${process.execPath}" transfer.js`;
  const child = spawn("unshare", ["--net", "sh", "-c", script], {
    cwd: import.meta.dirname,
    stdio: ["pipe", "pipe", "inherit"],
  });
  member?.add(child.pid!);
  child.stdin.end("go on\n");
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  process.exitCode ||= code;
  return output.trim().replaceAll("\n", " ");
}
