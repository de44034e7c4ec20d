import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { createCgroup, type Cgroup } from "../index.ts";
import { titled, whyNot } from "../testing/host.ts";
import { mountNetCls, whyNotInNamespace } from "../testing/net-cls.ts";

const classID = 0x0010_0001; // 10:1 as tc writes it
const shape =
  "tc qdisc add dev lo root handle 10: htb; tc class add dev lo parent 10: classid 10:1 htb rate 8mbit burst 16k;";
const byGroup = "tc filter add dev lo parent 10: protocol ip prio 10 handle 1: cgroup;";
const count = `nft add table inet x; nft 'add chain inet x out { type filter hook output priority 0; }';
  nft add rule inet x out meta cgroup ${classID} counter;`;
const byMark = `nft add table inet y; nft 'add chain inet y out { type route hook output priority mangle; }';
  nft add rule inet y out meta cgroup ${classID} meta priority set 10:1;`;

const root = whyNot();
const noNft = root ?? whyNotInNamespace(count);
const noFilter = root ?? whyNotInNamespace(shape + byGroup);
const noMark = root ?? whyNotInNamespace(shape + byMark);

/** Sends 1 MiB over TCP to itself and prints how long that took, in milliseconds. */
const transfer = `const net = require("net");
  const server = net.createServer((socket) => {
    socket.on("end", () => { console.log(Math.round(performance.now() - begin)); server.close(); });
    socket.resume();
  }).listen(0, "127.0.0.1", () => {
    begin = performance.now();
    net.connect(server.address().port, "127.0.0.1").end(Buffer.alloc(1048576));
  });
  let begin;`;

/** Runs a shell script in a network namespace of its own, in the group from its first command. */
async function inNamespace(group: Cgroup, script: string): Promise<string> {
  const words = ["--net", "sh", "-ec", `read _; ip link set lo up; ${script}`];
  const child = spawn("unshare", words, { stdio: ["pipe", "pipe", "inherit"] });
  await once(child, "spawn");
  group.add(child.pid!);
  child.stdin.end("go\n");
  return text(child.stdout);
}

const send = `"${process.execPath}" -e '${transfer}'`;

test.skipIf(noNft)(
  titled("nft counts the packets of a group's class, and none of another's", noNft),
  async () => {
    using _ = mountNetCls();
    await using group = await createCgroup({ network: { classID } });
    await using other = await createCgroup({ network: { classID: classID + 1 } });
    expect(group.limits().network).toMatchObject({ classID });
    const script = `${count} ${send} >/dev/null; nft list table inet x`;
    expect(await inNamespace(group, script)).toMatch(/counter packets [1-9]/);
    expect(await inNamespace(other, script)).toMatch(/counter packets 0 /);
  },
);

for (const [how, setUp, no] of [
  ["tc by its cgroup filter", shape + byGroup, noFilter],
  ["tc by a priority that nft has set", shape + byMark, noMark],
] as const) {
  test.skipIf(no)(titled(`the traffic of a group is shaped by ${how}`, no), async () => {
    using _ = mountNetCls();
    await using group = await createCgroup({ network: { classID } });
    await using other = await createCgroup({ network: { classID: classID + 1 } });
    const slow = Number(await inNamespace(group, `${setUp} ${send}`));
    const fast = Number(await inNamespace(other, `${setUp} ${send}`));
    expect(slow).toBeGreaterThan(850); // 1 MiB at 1 MB a second, less the burst
    expect(slow).toBeLessThan(4000);
    expect(fast).toBeLessThan(600);
  });
}

test.skipIf(root)(titled("priorities by network device read back", root), async () => {
  using _ = mountNetCls();
  const priorities = [{ name: "lo", priority: 5 }];
  await using group = await createCgroup({ network: { priorities } });
  expect(group.limits().network!.priorities).toEqual(expect.arrayContaining(priorities));
});

test.skipIf(root)(
  titled("without the hierarchy a class is refused by field, with the mount that is missing", root),
  async () => {
    await expect(createCgroup({ network: { classID } })).rejects.toMatchObject({
      code: "X_CGROUP_NO_CONTROLLER",
      field: "network.classID",
      message: expect.stringContaining("mount -t cgroup -o net_cls"),
    });
  },
);
