import { openStore } from "@x/image";
import { findContainer, isContainer } from "../../containers/list.ts";
import { findImage } from "../../image/find.ts";
import { inspectImage, stepsOf } from "../../image/images.ts";
import type { Invocation } from "../invocation.ts";
import { printJson, printList } from "../output.ts";
import { agoText, bytesText } from "../table.ts";

/** `x inspect`: a JSON array with an entry for each word. */
export async function inspect({ words }: Invocation): Promise<number> {
  const store = await openStore();
  const found: unknown[] = [];
  for (const word of words) {
    if (isContainer(store, word)) {
      const { record, running } = findContainer(store, word);
      found.push({ ...record, running });
    } else {
      const { name, descriptor } = await findImage(store, word, { must: true });
      found.push({ name, ...(await inspectImage(store, descriptor)) });
    }
  }
  printJson(found);
  return 0;
}

/** `x history`: the steps, the latest first. */
export async function history({ words, flags }: Invocation): Promise<number> {
  const store = await openStore();
  const { descriptor } = await findImage(store, words[0]!, { must: true });
  const latestFirst = stepsOf(await inspectImage(store, descriptor)).toReversed();
  const rows = latestFirst.map(({ created, created_by, comment, bytes }) => [
    agoText(created),
    (created_by ?? "").slice(0, 60),
    bytesText(bytes),
    comment ?? "",
  ]);
  printList(flags, latestFirst, ["CREATED", "CREATED BY", "SIZE", "COMMENT"], rows);
  return 0;
}
