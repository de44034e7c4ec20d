import { openStore } from "@x/image";
import type { Change } from "@x/unionfs";
import { containerChanges } from "../../containers/changes.ts";
import { deleteContainer } from "../../containers/delete.ts";
import {
  containerToDelete,
  findContainer,
  listContainers,
  type ListedContainer,
} from "../../containers/list.ts";
import { shortId } from "../../containers/name.ts";
import type { Invocation } from "../invocation.ts";
import { print, printJson, printList } from "../output.ts";
import { agoText, printable } from "../table.ts";

/** `x ps`. */
export async function list({ flags }: Invocation): Promise<number> {
  const store = await openStore();
  const all = listContainers(store);
  if (flags.switches.has("quiet")) {
    for (const { record } of all) print(shortId(record.id));
    return 0;
  }
  const rows = all.map((one) => [
    shortId(one.record.id),
    one.record.name,
    one.record.image,
    one.record.sandbox.args.join(" ").slice(0, 40),
    agoText(one.record.created),
    statusOf(one),
  ]);
  const data = all.map(({ record, running }) => ({ ...record, running }));
  printList(flags, data, ["ID", "NAME", "IMAGE", "COMMAND", "CREATED", "STATUS"], rows);
  return 0;
}

/** `x rm`. */
export async function remove({ words }: Invocation): Promise<number> {
  const store = await openStore();
  for (const word of words) {
    const { id, name } = containerToDelete(store, word);
    await deleteContainer(store, { id, name });
    print(name);
  }
  return 0;
}

const letters = { added: "A", modified: "C", deleted: "D" } as const;

/** `x diff`: a line for each change, as docker prints them. */
export async function diff({ words, flags }: Invocation): Promise<number> {
  const store = await openStore();
  const { record } = findContainer(store, words[0]!);
  if (flags.values["format"] === "json") {
    const all: Change[] = [];
    for await (const change of containerChanges(store, record)) all.push(change);
    printJson(all);
    return 0;
  }
  for await (const { kind, path } of containerChanges(store, record)) {
    print(`${letters[kind]} ${printable(path.startsWith("/") ? path : `/${path}`)}`);
  }
  return 0;
}

function statusOf({ running, record: { ended } }: ListedContainer): string {
  if (running) return "running";
  if (ended === undefined) return "was killed with its x";
  const how = ended.exitCode === null ? `by ${ended.signal}` : `with ${ended.exitCode}`;
  return `ended ${how} ${agoText(ended.at)}`;
}
