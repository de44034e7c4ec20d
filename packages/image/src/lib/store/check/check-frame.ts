import { chmod, lstat, mkdir, readFile } from "node:fs/promises";
import { writeDurably } from "../durable.ts";
import { storeDirectories } from "../paths.ts";
import { layoutText } from "../skeleton.ts";
import { report, type Inspection } from "./inspection.ts";

/** Looks at the directories of the store and at its `oci-layout`. */
export async function checkFrame(inspection: Inspection): Promise<void> {
  for (const directory of storeDirectories(inspection.paths)) {
    await checkDirectory(inspection, directory);
  }
  await checkLayout(inspection);
}

async function checkDirectory(inspection: Inspection, directory: string): Promise<void> {
  const stat = await lstat(directory).catch(() => undefined);
  if (stat === undefined) {
    await report(inspection, {
      kind: "missing-directory",
      subject: directory,
      message: `the directory ${directory} is missing`,
      remedy: "It is made again, empty",
      mend: () => mkdir(directory, { mode: 0o700 }),
    });
  } else if ((stat.mode & 0o777) !== 0o700) {
    await report(inspection, {
      kind: "bad-permissions",
      subject: directory,
      message: `${directory} has the mode ${(stat.mode & 0o777).toString(8)}: others get at setuid programs of images in it`,
      remedy: "It gets the mode 700",
      mend: () => chmod(directory, 0o700),
    });
  }
}

async function checkLayout(inspection: Inspection): Promise<void> {
  const { paths } = inspection;
  const text = await readFile(paths.layout, "utf8").catch(() => undefined);
  if (text !== undefined && isLayout(text)) return;
  await report(inspection, {
    kind: "bad-layout",
    subject: paths.layout,
    message:
      text === undefined ? `${paths.layout} is missing` : `${paths.layout} is not of version 1.0.0`,
    remedy: "It is written again",
    mend: () => writeDurably(paths.layout, layoutText, paths.incoming),
  });
}

function isLayout(text: string): boolean {
  try {
    return (JSON.parse(text) as { imageLayoutVersion?: unknown }).imageLayoutVersion === "1.0.0";
  } catch {
    return false;
  }
}
