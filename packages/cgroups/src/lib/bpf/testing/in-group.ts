import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { detect } from "../../hierarchy/detect.ts";

/** Where the v2 tree begins; undefined where there is none or it is not ours to write. */
const unified: string | undefined =
  process.platform === "linux"
    ? detect().all.find(({ version, readonly }) => version === 2 && !readonly)?.mountpoint
    : undefined;

/** Why programs cannot be attached here; undefined when they can. */
export const noPrograms: string | undefined =
  unified === undefined ? "no v2 tree" : process.geteuid?.() === 0 ? undefined : "not root";

let made = 0;

/** A group of its own, removed at the end of the block. */
export function temporaryGroup(
  parent: string | undefined = unified,
): { path: string } & Disposable {
  const path = `${parent}/x-test-devices-${process.pid}-${made++}`;
  mkdirSync(path);
  return { path, [Symbol.dispose]: () => rmdirSync(path) };
}

/** What a shell script prints that runs inside of groups. */
export function shell(groups: readonly string[], script: string): string {
  const enter = groups.map((group) => `echo $$ > ${group}/cgroup.procs;`).join(" ");
  const { stdout, error } = spawnSync("sh", ["-c", `${enter} ${script}`], { encoding: "utf8" });
  if (error !== undefined) throw error;
  return stdout;
}

/** How often each node could be opened, and how often not. */
export type Opened = Readonly<Record<string, { readonly ok: number; readonly eperm: number }>>;

/** A process inside a group that opens nodes again and again, until it is asked what came of it. */
export async function opener(
  group: string,
  nodes: readonly string[],
): Promise<{ stop(): Promise<Opened> }> {
  const child = spawn("python3", ["-c", loop, group, ...nodes], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  await once(lines, "line");
  return {
    async stop() {
      const told = once(lines, "line");
      child.stdin.end();
      const [text] = (await told) as [string];
      await once(child, "exit");
      return JSON.parse(text) as Opened;
    },
  };
}

const loop = `
import errno, json, os, select, sys
group, nodes = sys.argv[1], sys.argv[2:]
with open(group + "/cgroup.procs", "w") as procs:
    procs.write("0")
seen = {node: {"ok": 0, "eperm": 0} for node in nodes}
print("inside", flush=True)
while not select.select([0], [], [], 0)[0]:
    for node in nodes * 50:
        try:
            os.close(os.open(node, os.O_RDWR))
            seen[node]["ok"] += 1
        except OSError as error:
            if error.errno != errno.EPERM:
                raise
            seen[node]["eperm"] += 1
print(json.dumps(seen), flush=True)
`;
