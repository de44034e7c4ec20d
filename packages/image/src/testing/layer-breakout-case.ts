import { lstatSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { dir, file, type ArchiveEntry } from "./layer-archive.ts";
import { textAt } from "./layer-host.ts";

/** How links of a case say where they lead. */
export interface Targets {
  /** The directory `/etc`, of the root for the product and of the host for the control. */
  readonly etc: string;
  /** Many `../`; for the control, just as many as lead to the host's. */
  readonly far: string;
}

export interface BreakoutCase {
  readonly name: string;
  /** What layers below left. */
  readonly below?: (targets: Targets) => ArchiveEntry[];
  readonly layer: (targets: Targets) => ArchiveEntry[];
  /** What holds afterwards; or the error. */
  readonly outcome: ((root: string) => void) | "X_IMAGE_ARCHIVE";
  /** The naive way gets out. */
  readonly control?: true;
}

export const etc: ArchiveEntry = dir("etc");
export const passwd: ArchiveEntry = file("etc/passwd", "inside");
export const unbroken = (root: string): void =>
  expect(textAt(root, "etc/unbroken")).toBe("unbroken");
export const same =
  (one: string, other: string): ((root: string) => void) =>
  (root) => {
    expect(lstatSync(join(root, one)).ino).toBe(lstatSync(join(root, other)).ino);
    expect(textAt(root, one)).toBe("inside");
  };
export const unharmed = (root: string): void => expect(textAt(root, "etc/passwd")).toBe("inside");
export const refused = "X_IMAGE_ARCHIVE";
