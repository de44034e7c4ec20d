import type { SnapshotEntry } from "@x/image/testing";

/** A line for each path and property in which two trees differ, sorted by path. A pure function. */
export function treeDifferences(
  ours: ReadonlyMap<string, SnapshotEntry>,
  theirs: ReadonlyMap<string, SnapshotEntry>,
  except: (path: string, property: keyof SnapshotEntry) => boolean = () => false,
): string[] {
  const paths = [...new Set([...ours.keys(), ...theirs.keys()])].toSorted();
  return paths.flatMap((path) => {
    const [our, their] = [ours.get(path), theirs.get(path)];
    if (our === undefined) return [`${path}: only theirs`];
    if (their === undefined) return [`${path}: only ours`];
    return (Object.keys(our) as (keyof SnapshotEntry)[])
      .filter((property) => text(our[property]) !== text(their[property]))
      .filter((property) => !except(path, property))
      .map((property) => `${path}: ${property} ${text(our[property])} | ${text(their[property])}`);
  });
}

function text(value: SnapshotEntry[keyof SnapshotEntry]): string {
  return typeof value === "bigint" ? `${value}` : JSON.stringify(value);
}
