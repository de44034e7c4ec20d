import { join } from "node:path";

/** Where the parts of a container are, in its directory. */
export interface ContainerPlaces {
  readonly directory: string;
  readonly upper: string;
  readonly work: string;
  /** Its lock is held as long as it may run. */
  readonly lock: string;
}

/** The places of a container of the store at `store`. */
export function placesOf(store: string, id: string): ContainerPlaces {
  const directory = join(store, "containers", id);
  return {
    directory,
    upper: join(directory, "upper"),
    work: join(directory, "work"),
    lock: join(directory, "lock"),
  };
}
