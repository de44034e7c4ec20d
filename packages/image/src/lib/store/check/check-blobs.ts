import { open } from "node:fs/promises";
import { algorithmOf, type Digest } from "../../spec/digest.ts";
import { listBlobs } from "../contents.ts";
import { discard } from "../discard.ts";
import { hashOf } from "../hash-file.ts";
import { blobPath, type StorePaths } from "../paths.ts";
import { report, type Inspection } from "./inspection.ts";

/** Looks at the files among the blobs, and with `verify` at all that is in them. */
export async function checkBlobs(inspection: Inspection): Promise<void> {
  const { paths, options } = inspection;
  const files = await listBlobs(paths);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  for (const { path, digest, bytes } of files) {
    options.signal?.throwIfAborted();
    if (digest === undefined) {
      await report(inspection, {
        kind: "unknown-file",
        subject: path,
        message: `${path} is no blob`,
        remedy: "It is removed",
        mend: () => discard(paths, path),
      });
    } else if (options.verify === true) {
      const got = await digestOfFile(path, digest, bytes);
      if (got !== undefined && got !== digest) await reportWrongDigest(inspection, digest, got);
    }
    done += bytes;
    if (options.verify === true) options.onProgress?.({ bytes: done, total });
  }
}

/** Notes a blob that is other content than its name says. */
export async function reportWrongDigest(
  inspection: Inspection,
  digest: Digest,
  got: string,
): Promise<boolean> {
  const { paths, findings } = inspection;
  const isKnown = findings.some(
    ({ kind, subject, repaired }) =>
      kind === "wrong-digest" && subject === digest && repaired === undefined,
  );
  if (isKnown) return false;
  return report(inspection, {
    kind: "wrong-digest",
    subject: digest,
    message: `the file of the blob ${digest} is damaged: its content is ${got}`,
    remedy: "It is removed, and brought again when an image that needs it is pulled",
    mend: () => discard(paths, blobPath(paths, digest)),
  });
}

/** The digest of a blob as it is now; undefined when it has gone meanwhile. */
export async function currentDigest(
  paths: StorePaths,
  digest: Digest,
): Promise<string | undefined> {
  const path = blobPath(paths, digest);
  return digestOfFile(path, digest);
}

async function digestOfFile(
  path: string,
  digest: Digest,
  length?: number,
): Promise<string | undefined> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const hash = await hashOf(file, digest, length ?? (await file.stat()).size);
    return `${algorithmOf(digest)}:${hash.digest("hex")}`;
  } finally {
    await file.close();
  }
}
