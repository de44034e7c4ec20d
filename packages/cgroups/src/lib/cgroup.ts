import { bindingsOf, type Binding, type OpenDirectory } from "./group/bindings.ts";
import { events, type CgroupEvents, type EventOptions } from "./group/events.ts";
import { isFrozen, setFrozen } from "./group/freeze.ts";
import { killGroup } from "./group/kill.ts";
import { moveProcess, moveThread, processesIn, threadsIn } from "./group/members.ts";
import { availableIn, neededFor } from "./group/needed.ts";
import { putInForceLive } from "./group/put-in-force.ts";
import { readRaw, writeRaw } from "./group/raw.ts";
import { readLimits, readStat, sourcesOf, type Sources } from "./group/reading.ts";
import { workFor, type LimitOptions } from "./group/settings.ts";
import type { WaitOptions } from "./group/until-empty.ts";
import type { ControllerName, Conversion } from "./controller.ts";
import type { GroupDirectory } from "./hierarchy/hierarchy.ts";
import { readMachine } from "./machine.ts";
import type { Resources } from "./resources.ts";
import type { Stat, StatPart } from "./stat.ts";
import { deepestFirst, groupsIn } from "./tree/directory.ts";
import { refuseUnlessOurs } from "./tree/ours.ts";
import type { Place } from "./tree/place.ts";
import { removeGroup } from "./tree/remove.ts";
import { validate } from "./validate.ts";

/** What a {@link Cgroup} is made from. */
export interface CgroupParts {
  /** From the place on where our groups begin: `/x/…/web`. */
  readonly path: string;
  readonly places: readonly Place[];
  readonly directories: readonly OpenDirectory[];
  readonly conversions?: readonly Conversion[];
  /** It was made through this handle, or taken over. */
  readonly owned: boolean;
  /** Called once, when it has been deleted; `delete` waits for it. */
  readonly deleted?: () => void | Promise<void>;
}

/**
 * A control group: one directory of the same path in every hierarchy. Made by `createCgroup`, found
 * by `openCgroup`. Disposing of it kills what is in it and deletes it.
 */
export class Cgroup implements AsyncDisposable {
  /** The last part of its path. */
  readonly name: string;
  /** From the place on where groups of ours begin, the same in every hierarchy. */
  readonly path: string;
  /** Where it is in each hierarchy. */
  readonly directories: readonly GroupDirectory[];
  /** What its limits of the other version were converted to, so far. */
  readonly conversions: Conversion[];
  /** Where groups begin in each hierarchy. */
  readonly places: readonly Place[];
  readonly #parts: CgroupParts;
  readonly #open: readonly OpenDirectory[];
  #bindings: readonly Binding[] | undefined;
  #sources: Sources | undefined;
  #deleted = false;

  constructor(parts: CgroupParts) {
    this.#parts = parts;
    this.path = parts.path;
    this.name = parts.path.slice(parts.path.lastIndexOf("/") + 1);
    this.places = parts.places;
    this.conversions = [...(parts.conversions ?? [])];
    this.#open = parts.directories;
    this.directories = parts.directories;
  }

  /** Its directory in the hierarchy that has this controller; undefined when none has. */
  directoryOf(controller: ControllerName): GroupDirectory | undefined {
    return this.#open.find(({ hierarchy }) => hierarchy.controllers.includes(controller));
  }

  /** Its directory in the v2 tree; undefined where only v1 is mounted. */
  get unifiedDirectory(): GroupDirectory | undefined {
    return this.#open.find(({ hierarchy }) => hierarchy.version === 2);
  }

  /**
   * Moves a process into the group, with all its threads; children it has already stay where they
   * are. Memory it has already stays charged where it was.
   *
   * @throws CgroupError `X_CGROUP_GONE` when there is no such process or the group was deleted
   * @see cgroups(7), `cgroup.procs`
   */
  add(pid: number): void {
    moveProcess(this.#open, pid);
  }

  /**
   * Moves one thread into the group. A v2 group must have been made with `threaded: true`.
   *
   * @throws CgroupError as {@link add}; `X_CGROUP_UNSUPPORTED` in a v2 group that is not threaded
   */
  addThread(tid: number): void {
    moveThread(this.#open, tid);
  }

  /** The processes in the group; `recursive` adds those below it. Empty when it is gone. */
  processes({ recursive = false }: { readonly recursive?: boolean } = {}): number[] {
    const paths = this.#open.flatMap(({ path }) => (recursive ? deepestFirst(path) : [path]));
    return [...new Set(paths.flatMap(processesIn))];
  }

  /** The threads in the group, not those in groups below it. Empty when it is gone. */
  threads(): number[] {
    return [
      ...new Set(this.#open.flatMap(({ path, hierarchy }) => threadsIn(path, hierarchy.version))),
    ];
  }

  /** The names of the groups directly below. */
  children(): string[] {
    return [...new Set(this.#open.flatMap(({ path }) => groupsIn(path)))].toSorted();
  }

  /**
   * Changes limits of the group while it is in use; those that are not given stay. Resolves with
   * what had to be converted.
   *
   * @throws CgroupError with the field, as `createCgroup`; limits that came before it are in force
   */
  async update(resources: Resources, options: LimitOptions = {}): Promise<readonly Conversion[]> {
    validate(resources, readMachine());
    neededFor(resources, availableIn(this.#ownPlaces()));
    for (const { files } of this.#open) files.forget();
    const work = workFor(resources, this.#controllers(), this.#open, { ...options, fresh: false });
    const conversions = await putInForceLive(work, options);
    this.conversions.push(...conversions);
    return conversions;
  }

  /** The limits in force, as the kernel has them: rounded to pages, `"max"` for none. */
  limits(): Resources {
    return readLimits(this.#controllers());
  }

  /**
   * What the group has used: everything it counts, or the parts asked for. A part that this host
   * does not count is missing. Synchronous: the kernel answers from memory.
   *
   * @throws CgroupError `X_CGROUP_GONE` when the group was deleted
   */
  stat<P extends StatPart = StatPart>(parts?: readonly P[]): Partial<Pick<Stat, P>> {
    this.#sources ??= sourcesOf(this.#controllers(), this.#open);
    return readStat(this.#sources, parts ?? ([...this.#sources.keys()] as P[]));
  }

  /**
   * The text of any of its files: `memory.max`, `cpuset.cpus.effective`.
   *
   * @throws CgroupError `X_CGROUP_NO_CONTROLLER` when no hierarchy has such a file
   */
  read(file: string): string {
    return readRaw(this.#open, file);
  }

  /** Writes into any of its files, as it is. Throws as {@link read}, and what the kernel says. */
  async write(file: string, value: string): Promise<void> {
    await writeRaw(this.#open, file, value);
  }

  /**
   * What happens to the group from now on, as an async iterator: processes come and go, it freezes,
   * memory runs out. Ends when the group is deleted.
   *
   * @throws CgroupError `X_CGROUP_UNSUPPORTED` for a kind that this host does not announce
   */
  events(options: EventOptions = {}): CgroupEvents {
    return events(
      this.#open.find(({ hierarchy }) => hierarchy.version === 2),
      options,
    );
  }

  /** Stops every process of the group and below; resolves when all have stopped. */
  async freeze(options: WaitOptions = {}): Promise<void> {
    await setFrozen(this.#open, true, options);
  }

  /** Lets them go on. */
  async thaw(options: WaitOptions = {}): Promise<void> {
    await setFrozen(this.#open, false, options);
  }

  /** Whether all of its processes are stopped. */
  get frozen(): boolean {
    return isFrozen(this.#open);
  }

  /**
   * Kills every process of the group and below, however fast they fork; resolves when none is left.
   *
   * @throws CgroupError `X_CGROUP_BUSY` when one does not die within `timeoutMs` (5 s)
   */
  async kill(options: WaitOptions = {}): Promise<void> {
    await killGroup(this.#open, options);
  }

  /**
   * Deletes the group and all below it, in every hierarchy; the second time it does nothing.
   * Processes that are about to end are waited for.
   *
   * @throws CgroupError `X_CGROUP_BUSY` when living ones stay longer than `timeoutMs` (5 s);
   *   `X_CGROUP_NOT_OURS` for a group that was not made through this handle
   */
  async delete(options: WaitOptions = {}): Promise<void> {
    refuseUnlessOurs(this.#parts);
    await removeGroup(this.#open, options);
    this.close();
    if (this.#deleted) return;
    this.#deleted = true;
    await this.#parts.deleted?.();
  }

  /** Closes the descriptors that reading has left open; the group stays, and so does the handle. */
  close(): void {
    for (const { files } of this.#open) files.close();
  }

  /** Kills and deletes; a group that was only opened is closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#parts.owned) return this.close();
    await this.kill();
    await this.delete();
  }

  /** Where it is: another may have been mounted since, or it was made in some of them alone. */
  #ownPlaces(): Place[] {
    return this.places.filter((place) =>
      this.#open.some(({ hierarchy }) => hierarchy === place.hierarchy),
    );
  }

  /** Worked out when it is asked for: most groups are only made, filled and deleted. */
  #controllers(): readonly Binding[] {
    return (this.#bindings ??= bindingsOf(this.#open));
  }
}
