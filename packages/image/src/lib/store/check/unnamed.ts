import { encodedOf, type Digest } from "../../spec/digest.ts";
import { maxBodyBytes } from "../../spec/json.ts";
import type { Descriptor } from "../../spec/types.ts";
import { listBlobs } from "../contents.ts";
import { asDocument, linksOf, type Links } from "../documents.ts";
import type { NamedDescriptor } from "../index-file.ts";
import type { StorePaths } from "../paths.ts";
import { reachOf } from "../reach.ts";

/**
 * The images whose names are lost: manifests and indexes among the blobs, whole, that belong to no
 * other image. They are called `localhost/recovered:` and 12 digits.
 */
export async function findUnnamed(
  paths: StorePaths,
  named: readonly Descriptor[],
): Promise<NamedDescriptor[]> {
  const known = new Set((await reachOf(paths, named)).blobs);
  const candidates = new Map<Digest, Descriptor>();
  for (const { digest, bytes } of await listBlobs(paths)) {
    if (digest === undefined || bytes > maxBodyBytes || known.has(digest)) continue;
    const descriptor = await asDocument(paths, digest);
    if (descriptor !== undefined) candidates.set(digest, descriptor);
  }
  for (const descriptor of [...candidates.values()]) {
    for (const part of partsOf(await linksOf(paths, descriptor))) candidates.delete(part.digest);
  }
  const found: NamedDescriptor[] = [];
  for (const descriptor of candidates.values()) {
    const { faults } = await reachOf(paths, [descriptor]);
    const name = `localhost/recovered:${encodedOf(descriptor.digest).slice(0, 12)}`;
    if (faults.length === 0) found.push({ name, descriptor });
  }
  return found;
}

function partsOf(links: Links): readonly Descriptor[] {
  return links.kind === "index" ? links.manifests : [];
}
