import { openStore } from "@x/image";
import { checkSystem } from "../../containers/check.ts";
import { deleteContainer, sweepContainers } from "../../containers/delete.ts";
import { containerUsage } from "../../containers/usage.ts";
import { listContainers } from "../../containers/list.ts";
import { collect, storeUsage } from "../../image/collect.ts";
import { interruptible } from "../interrupt.ts";
import type { Invocation } from "../invocation.ts";
import { print, printJson, printList } from "../output.ts";
import { bytesText } from "../table.ts";

/** `x system df`. */
export async function diskUsage({ flags }: Invocation): Promise<number> {
  const store = await openStore();
  const { reclaimable, ...parts } = await storeUsage(store);
  const usage = { ...parts, containers: await containerUsage(store) };
  const rows = Object.entries(usage).map(([what, { count, bytes }]) => [
    what,
    String(count),
    bytesText(bytes),
    what === "blobs" || what === "layers" ? bytesText(reclaimable[what].bytes) : "",
  ]);
  const all = { ...usage, reclaimable };
  printList(flags, [all], ["WHAT", "COUNT", "SIZE", "RECLAIMABLE"], rows);
  return 0;
}

/** `x system prune`. */
export async function prune({ flags }: Invocation): Promise<number> {
  const store = await openStore();
  using work = interruptible();
  const left = (await sweepContainers(store, work)).filter(({ damage }) => damage === undefined);
  const ended = listContainers(store).filter(({ running }) => !running);
  for (const { record } of ended) await deleteContainer(store, record, work);
  if (flags.switches.has("all")) {
    const used = new Set(listContainers(store).map(({ record }) => record.image));
    for (const { name } of await store.references()) if (!used.has(name)) await store.untag(name);
  }
  const { blobs, layers, bytes } = await collect(store, work);
  const containers = left.length + ended.length;
  if (flags.values["format"] === "json") printJson({ containers, blobs, layers, bytes });
  else {
    print(
      `deleted ${containers} containers, ${blobs} blobs, ${layers} layers; freed ${bytesText(bytes)}`,
    );
  }
  return 0;
}

/** `x system check`: status 1 if something remains that it could not mend. */
export async function check({ flags }: Invocation): Promise<number> {
  const store = await openStore();
  using work = interruptible();
  const { signal } = work;
  const repair = !flags.switches.has("dry-run");
  const verify = flags.switches.has("verify");
  const findings = await checkSystem(store, { repair, verify, signal });
  const rows = findings.map(({ kind, subject, message, repaired, hint }) => [
    repaired === true ? "mended" : "found",
    kind,
    subject,
    `${message}. ${hint}`,
  ]);
  if (findings.length === 0 && flags.values["format"] !== "json") print("nothing to mend");
  else printList(flags, findings, ["", "WHAT", "WHICH", "WHY"], rows);
  return findings.every(({ repaired }) => repaired === true) ? 0 : 1;
}
