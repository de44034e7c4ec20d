import { mkdirSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { PlanError } from "@x/plan";
import {
  chooseAfter,
  chooseDriver,
  chooseForIdMap,
  driverOf,
  type DriverChoice,
} from "./choose-driver.ts";
import type { Driver, DriverName, UnionRequest } from "./drivers/driver.ts";
import { UnionError } from "./error.ts";
import { checkIdMap, type IdMap } from "./id-map.ts";
import { isRefusal } from "./mounts/attach.ts";
import { claim } from "./mounts/claim.ts";
import { Union } from "./union-handle.ts";
import type { UnionLayers } from "./union.ts";
import { stackOf } from "./validate.ts";

/** A union to mount. */
export interface UnionOptions extends UnionLayers {
  /** The directory that is to show it; it must be there. */
  readonly target: string;
  /** Made beside `upper` and taken away with the union, unless given. */
  readonly work?: string;
  /** Chosen by {@link chooseDriver} unless given. */
  readonly driver?: DriverName;
  /** Attributes of the mount: `MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV`, say. None unless given. */
  readonly attributes?: number;
  /**
   * The ids that the files of the lower directories get, for a user namespace that is to own them:
   * by id-mapped mounts where the kernel can (5.19 and newer, as root), by a copy elsewhere.
   */
  readonly idmap?: IdMap;
  /** Ends what is not done yet. */
  readonly signal?: AbortSignal;
}

/**
 * Stacks directories on a directory, now. Layers of any origin may be given: what in them could
 * lead elsewhere is switched off. The driver says in `why` why it was taken.
 *
 * Rejects with UnionError: `X_UNION_INVALID` before anything is done, `X_UNION_BUSY` when `upper` is
 * another union's, `X_UNION_UNSUPPORTED` when a driver that was asked for cannot do it here,
 * `X_UNION_MOUNT` when the kernel refuses; and with the reason of an aborted `signal`. Nothing is
 * left of a union that failed.
 */
export async function mountUnion(options: UnionOptions): Promise<Union> {
  const { signal, idmap, driver: wanted } = options;
  signal?.throwIfAborted();
  requestOf(options);
  if (wanted !== undefined) driverOf(wanted);
  if (idmap !== undefined) checkIdMap(idmap);
  const choice = await choiceFor(wanted, idmap);
  try {
    return await mountWith(driverOf(choice.driver), choice.why, options);
  } catch (error) {
    const next = wanted === undefined ? nextFor(error, choice, idmap) : undefined;
    if (next === undefined) throw error;
    const { driver, why } = await next;
    return mountWith(driverOf(driver), why, options);
  }
}

/** For layers that the kernel does not stack where they lie, though it does others: another driver. */
function nextFor(
  error: unknown,
  choice: DriverChoice,
  idmap: IdMap | undefined,
): Promise<DriverChoice> | undefined {
  if (!(error instanceof UnionError && error.cause instanceof PlanError)) return undefined;
  if (choice.driver !== "overlay") return undefined;
  const { code } = error.cause;
  const cannotMap = idmap !== undefined && ["EINVAL", "EPERM", "EOPNOTSUPP"].includes(code);
  if (!cannotMap && !isRefusal(error.cause)) return undefined;
  return chooseAfter("overlay", error.message, idmap !== undefined);
}

/** The same, with a driver that was chosen already. */
export async function mountWith(
  driver: Driver,
  why: string,
  options: UnionOptions,
): Promise<Union> {
  const request = requestOf(options);
  const { target, work, idmap, signal } = request;
  const { lower } = stackOf(request);
  const release = work === undefined ? () => {} : takeWork(work, options.work);
  try {
    const mounted = await driver.mount(request);
    if (signal?.aborted === true) {
      await mounted.unmount({ lazy: true });
      throw signal.reason;
    }
    return new Union({ target, lower, driver: driver.name, why, mounted, idmap, release });
  } catch (error) {
    release();
    throw error;
  }
}

function requestOf(options: UnionOptions): UnionRequest {
  const { target, upper, tmpfs, volatile = false, readonly = false } = options;
  const writable = upper !== undefined && !readonly;
  const work = options.work ?? (writable ? workBeside(upper) : undefined);
  stackOf({ ...options, ...(work === undefined ? {} : { work }) });
  if (target === "" || target.includes("\0")) {
    throw new UnionError("X_UNION_INVALID", "no path of a directory", { field: "target" });
  }
  return {
    target: resolve(target),
    lower: options.lower.map((path) => resolve(path)),
    ...(upper === undefined ? {} : { upper: resolve(upper) }),
    ...(work === undefined ? {} : { work: resolve(work) }),
    ...(tmpfs === undefined ? {} : { tmpfs }),
    readonly,
    volatile,
    attributes: options.attributes ?? 0,
    idmap: options.idmap,
    signal: options.signal,
  };
}

function workBeside(upper: string): string {
  const path = resolve(upper);
  return join(dirname(path), `.${basename(path)}.work`);
}

/** Makes it if it is ours, and keeps others out of it. */
function takeWork(work: string, given: string | undefined): () => void {
  const ours = given === undefined;
  if (ours) mkdirSync(work, { recursive: true, mode: 0o700 });
  const release = claim(work);
  return () => {
    release();
    if (ours) rmSync(work, { recursive: true, force: true });
  };
}

async function choiceFor(
  wanted: DriverName | undefined,
  idmap: IdMap | undefined,
): Promise<DriverChoice> {
  if (wanted !== undefined) return { driver: wanted, why: `${wanted}: asked for`, refused: [] };
  if (idmap === undefined) return chooseDriver();
  return chooseForIdMap();
}
