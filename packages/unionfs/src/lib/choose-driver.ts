import { aufs } from "./drivers/aufs.ts";
import { copy } from "./drivers/copy.ts";
import type { Driver, DriverName } from "./drivers/driver.ts";
import { fuseOverlayfs } from "./drivers/fuse-overlayfs.ts";
import { overlay } from "./drivers/overlay.ts";
import { UnionError } from "./error.ts";

/** Which driver is taken here, and why. */
export interface DriverChoice {
  readonly driver: DriverName;
  /** In a sentence, with what was tried before and why it does not work here. */
  readonly why: string;
  /** What was tried in vain. */
  readonly refused: readonly { readonly driver: DriverName; readonly reason: string }[];
}

/** The best first. */
const DRIVERS: readonly Driver[] = [overlay, aufs, fuseOverlayfs, copy];

let chosen: Promise<DriverChoice> | undefined;

/**
 * The driver that unions of this process get when they name none: the first of overlay, aufs,
 * fuse-overlayfs and copy that works, found by trying, once in a process's life.
 */
export function chooseDriver(): Promise<DriverChoice> {
  chosen ??= choose(DRIVERS, []).catch((error: unknown) => {
    // Not an answer: the process was out of descriptors, say. The next one tries again.
    chosen = undefined;
    throw error;
  });
  return chosen;
}

/**
 * The same for a union whose lower directories get other ids: overlay, which file systems allow that
 * or do not, or copy.
 */
export async function chooseForIdMap(): Promise<DriverChoice> {
  const reason = await overlay.refusal();
  if (reason !== undefined) return chooseAfter("overlay", reason, true);
  const why = "overlay: the kernel gives the layers other ids by id-mapped mounts";
  return { driver: "overlay", why, refused: [] };
}

/** The next one, for layers that a driver has refused though it takes others. */
export async function chooseAfter(
  driver: DriverName,
  reason: string,
  idmap: boolean,
): Promise<DriverChoice> {
  const rest = idmap ? [copy] : DRIVERS.slice(DRIVERS.findIndex((one) => one.name === driver) + 1);
  return choose(rest, [{ driver, reason }]);
}

/** A driver by its name. Throws UnionError `X_UNION_INVALID` for one that does not exist. */
export function driverOf(name: DriverName): Driver {
  const found = DRIVERS.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new UnionError("X_UNION_INVALID", `no driver ${JSON.stringify(name)}`, {
    field: "driver",
    hint: `There are ${DRIVERS.map((one) => one.name).join(", ")}`,
  });
}

async function choose(
  drivers: readonly Driver[],
  before: DriverChoice["refused"],
): Promise<DriverChoice> {
  const refused = [...before];
  for (const { name, praise, refusal } of drivers) {
    const reason = await refusal();
    if (reason === undefined) return { driver: name, why: whyOf(name, praise, refused), refused };
    refused.push({ driver: name, reason });
  }
  throw new UnionError("X_UNION_UNSUPPORTED", "no driver works here");
}

function whyOf(name: string, praise: string, refused: DriverChoice["refused"]): string {
  const before = refused.map(({ driver, reason }) => `; not ${driver}: ${reason}`).join("");
  return `${name}: ${praise}${before}`;
}
