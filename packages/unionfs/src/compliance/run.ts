import { mkdirSync } from "node:fs";
import { mountOverlay, overlay } from "../lib/drivers/overlay.ts";
import type { DriverName, UnionRequest } from "../lib/drivers/driver.ts";
import { mountUnion, mountWith, type UnionOptions } from "../lib/mount-union.ts";
import { overlayFactsHere } from "../lib/overlay/facts.ts";
import type { Union } from "../lib/union-handle.ts";
import type { OverlayFacts } from "../lib/union.ts";
import { folder, type Folder } from "../testing/folder.ts";
import { checks, type Bench } from "./checks.ts";

/** How a driver is checked. */
export interface Mode {
  readonly driver: DriverName;
  /** What is written goes into memory. */
  readonly tmpfs?: boolean;
  /** Overlay is given its layers as older kernels take them. */
  readonly layers?: OverlayFacts["layers"];
}

/** Runs one check in one mode; rejects when it fails. */
export async function runCheck(title: string, mode: Mode): Promise<void> {
  using place = folder();
  const bench: Bench = {
    place,
    mount: (options) => mount(place, mode, options),
    driver: mode.driver,
    tmpfs: mode.tmpfs === true,
    root: process.geteuid?.() === 0,
  };
  await checks[title]!(bench);
}

async function mount(
  place: Folder,
  { driver, tmpfs = false, layers }: Mode,
  options: Parameters<Bench["mount"]>[0],
): Promise<Union> {
  const memory = options.tmpfs !== undefined || (tmpfs && options.readonly !== true);
  const upper = memory || options.readonly === true ? {} : { upper: made(place.at("upper")) };
  const all: UnionOptions = {
    driver,
    target: made(place.at("target")),
    ...upper,
    ...(memory ? { tmpfs: {} } : {}),
    ...options,
  };
  if (layers === undefined) return mountUnion(all);
  return older(all, layers);
}

/** As `mountUnion`, as on a kernel that is not this one. */
async function older(options: UnionOptions, layers: OverlayFacts["layers"]): Promise<Union> {
  const facts = { ...(await overlayFactsHere()), layers, detached: false };
  const driver = { ...overlay, mount: (request: UnionRequest) => mountOverlay(request, facts) };
  return mountWith(driver, "as it was", options);
}

function made(path: string): string {
  mkdirSync(path, { recursive: true });
  return path;
}
