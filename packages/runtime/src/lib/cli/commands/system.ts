import { openStore, type Finding } from "@x/image";
import { deleteContainer, sweepContainers } from "../../containers/delete.ts";
import { containerUsage } from "../../containers/usage.ts";
import { listContainers } from "../../containers/list.ts";
import { collect, neededBy, storeUsage } from "../../image/collect.ts";
import { interruptible } from "../interrupt.ts";
import type { Invocation } from "../invocation.ts";
import { print, printList } from "../output.ts";
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
  await sweepContainers(store);
  const ended = listContainers(store).filter(({ running }) => !running);
  for (const { record } of ended) await deleteContainer(store, record);
  if (flags.switches.has("all")) {
    const used = new Set(listContainers(store).map(({ record }) => record.image));
    for (const { name } of await store.references()) if (!used.has(name)) await store.untag(name);
  }
  const { blobs, layers, bytes } = await collect(store, work);
  if (flags.values["format"] === "json") {
    print(JSON.stringify({ containers: ended.length, blobs, layers, bytes }, null, 2));
  } else {
    print(
      `deleted ${ended.length} containers, ${blobs} blobs, ${layers} layers; freed ${bytesText(bytes)}`,
    );
  }
  return 0;
}

/** `x system check`: status 1 if something remains that it could not mend. */
export async function check({ flags }: Invocation): Promise<number> {
  const store = await openStore();
  using work = interruptible();
  const dryRun = flags.switches.has("dry-run");
  const swept = await sweepContainers(store, { dryRun });
  const left = swept.map((id) => ({
    kind: "left-container",
    subject: id,
    message: "left by a process that was killed",
    hint: "it was to leave nothing",
    repaired: !dryRun,
  }));
  const findings: readonly (Omit<Finding, "kind"> & { readonly kind: string })[] = [
    ...left,
    ...(await store.check({
      repair: !dryRun,
      verify: flags.switches.has("verify"),
      signal: work.signal,
      keepLayers: await neededBy(store).keepLayers(),
    })),
  ];
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
