import { openStore } from "@x/image";
import { listContainers } from "../../containers/list.ts";
import { findImage } from "../../image/find.ts";
import { listImages } from "../../image/images.ts";
import { tryCollect } from "../../image/collect.ts";
import type { Invocation } from "../invocation.ts";
import { newImageName } from "../new-image-name.ts";
import { print, printList, remark } from "../output.ts";
import { agoText, bytesText } from "../table.ts";
import { UsageError } from "../usage-error.ts";

/** `x images`. */
export async function images({ flags }: Invocation): Promise<number> {
  const store = await openStore();
  const all = await listImages(store);
  if (flags.switches.has("quiet")) {
    for (const { descriptor } of all) print(descriptor.digest);
    return 0;
  }
  const rows = all.map(({ name, descriptor, platform, created, bytes }) => [
    name,
    shortDigest(descriptor.digest),
    platform ?? "several",
    agoText(created),
    bytesText(bytes),
  ]);
  printList(flags, all, ["IMAGE", "DIGEST", "PLATFORM", "CREATED", "SIZE"], rows);
  return 0;
}

/** `x rmi`: takes names away, and then all that no name and no container needs. */
export async function removeImages({ words, flags }: Invocation): Promise<number> {
  const store = await openStore();
  for (const word of words) {
    const { name, descriptor } = await findImage(store, word, { must: true });
    const users = listContainers(store).filter(({ record }) => record.image === name);
    if (users.length > 0 && !flags.switches.has("force")) {
      const names = users.map(({ record }) => record.name).join(", ");
      throw new UsageError(
        `${name} is the image of ${names}; x rm deletes containers, --force takes the name away even so`,
      );
    }
    await store.untag(name);
    print(`untagged ${name}@${descriptor.digest}`);
  }
  const collected = await tryCollect(store);
  if (collected === undefined) {
    remark("others use the store now; x system prune will free what is not needed any more");
  } else if (collected.bytes > 0) print(`freed ${bytesText(collected.bytes)}`);
  return 0;
}

/** `x tag`. */
export async function tag({ words }: Invocation): Promise<number> {
  const store = await openStore();
  const [image = "", wanted = ""] = words;
  const name = newImageName(wanted);
  const { descriptor } = await findImage(store, image, { must: true });
  await store.tag(name, descriptor);
  return 0;
}

function shortDigest(digest: string): string {
  return digest.slice(digest.indexOf(":") + 1).slice(0, 12);
}
