import type { Descriptor } from "../../spec/types.ts";
import { discard } from "../discard.ts";
import { isDescriptor, nameAnnotation, nameOf, rootsOf, type IndexFile } from "../index-file.ts";
import { blobPath } from "../paths.ts";
import { reachOf, type Fault } from "../reach.ts";
import { changeIndex, readIndex } from "../references.ts";
import { currentDigest, reportWrongDigest } from "./check-blobs.ts";
import { report, type Inspection } from "./inspection.ts";

/**
 * Looks whether all that images need is there. An image of which something is missing loses its
 * name: then it is pulled again as a whole, of which only that comes that is missing.
 */
export async function checkReferences(inspection: Inspection): Promise<void> {
  const { paths } = inspection;
  for (const root of rootsOf(await readIndex(paths))) {
    for (const fault of (await reachOf(paths, [root])).faults) {
      await reportFault(inspection, root, fault);
    }
  }
}

async function reportFault(inspection: Inspection, root: Descriptor, fault: Fault): Promise<void> {
  const { paths } = inspection;
  const { digest, kind } = fault;
  const name = nameOf(root) ?? root.digest;
  const remedy = `The name is taken away; x pull ${name} brings what is missing`;
  const forget = async (): Promise<void> => {
    await changeIndex(paths, (index) => without(index, root));
  };
  if (kind === "missing") {
    const isRoot = digest === root.digest;
    await report(inspection, {
      kind: isRoot ? "dangling-reference" : "missing-blob",
      subject: isRoot ? name : digest,
      message: isRoot
        ? `${name} stands for ${digest}, which is not there`
        : `${name} needs ${digest}, which is not there`,
      remedy,
      mend: forget,
    });
    return;
  }
  const discardBlob = (): Promise<void> => discard(paths, blobPath(paths, digest));
  if (kind === "wrong-size") {
    await report(inspection, {
      kind: "wrong-size",
      subject: digest,
      message: `the file of ${digest}, which ${name} needs, is not as long as it should be`,
      remedy: `It is removed. ${remedy}`,
      mend: () => discardBlob().then(forget),
    });
    return;
  }
  const got = await currentDigest(paths, digest);
  if (got !== undefined && got !== digest) {
    if (await reportWrongDigest(inspection, digest, got)) await forget();
    return;
  }
  const reason = fault.reason instanceof Error ? `: ${fault.reason.message}` : "";
  await report(inspection, {
    kind: "bad-document",
    subject: digest,
    message: `${digest}, which ${name} needs, cannot be read${reason}`,
    remedy: `The name ${name} is taken away`,
    mend: forget,
  });
}

/** The index without one entry, and without any other of the same name and digest. */
function without(index: IndexFile, root: Descriptor): IndexFile {
  const name = root.annotations?.[nameAnnotation];
  const manifests = index.manifests.filter(
    (entry) =>
      !isDescriptor(entry) ||
      entry.digest !== root.digest ||
      entry.annotations?.[nameAnnotation] !== name,
  );
  return manifests.length === index.manifests.length ? index : { ...index, manifests };
}
