import { join } from "node:path";
import { BenchError } from "../bench-error.ts";
import { isInPath } from "../contestant.ts";

/** A program and its arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** One way to have an image here, unpacked. */
export interface PullContestant {
  readonly name: string;
  /** Whether it is one process of Node. */
  readonly node: boolean;
  /** What is run, one after the other, to pull into an empty folder, and the environment. */
  readonly pull: (
    reference: string,
    folder: string,
  ) => { readonly commands: readonly Command[]; readonly env?: Readonly<Record<string, string>> };
  /** What is left mounted in the folder. */
  readonly mounts?: (folder: string) => readonly string[];
}

/** The one that the targets are about. */
export const OURS = "x pull";
/** Whom ours is compared with. */
export const PEERS: readonly string[] = ["podman pull", "skopeo copy, umoci unpack"];

const repository = join(import.meta.dirname, "..", "..", "..", "..", "..");
const x = join(repository, "packages", "runtime", "bin", "x.js");
const api = join(import.meta.dirname, "..", "..", "..", "bin", "pull-image.mjs");

const podman = (folder: string, ...args: string[]): Command => [
  "podman",
  `--root=${folder}/root`,
  `--runroot=${folder}/r`,
  "--storage-driver=overlay",
  "--events-backend=none",
  "--cgroup-manager=cgroupfs",
  ...args,
];

/** What is needed and not installed. */
export function missingTools(): string[] {
  return ["podman", "skopeo", "umoci", "docker-registry"].filter((name) => !isInPath(name));
}

/** Those that run. Throws a BenchError that names what is not installed. */
export function pullContestants(): PullContestant[] {
  const missing = missingTools();
  if (missing.length > 0) {
    throw new BenchError(
      `not installed: ${missing.join(", ")} (Debian's packages have these names)`,
    );
  }
  return [
    {
      name: OURS,
      node: true,
      pull: (reference, folder) => ({
        commands: [[process.execPath, x, "pull", "--quiet", reference]],
        env: { X_STORE: join(folder, "store") },
      }),
    },
    {
      name: "pull() of @x/image",
      node: true,
      pull: (reference, folder) => ({
        commands: [[process.execPath, api, join(folder, "store"), reference]],
      }),
    },
    {
      name: PEERS[0]!,
      node: false,
      pull: (reference, folder) => ({
        commands: [podman(folder, "pull", "--quiet", "--tls-verify=false", reference)],
      }),
      mounts: (folder) => [join(folder, "root", "overlay")],
    },
    {
      name: PEERS[1]!,
      node: false,
      pull: (reference, folder) => ({
        commands: [
          [
            ...(["skopeo", "copy", "--quiet", "--src-tls-verify=false"] as const),
            ...[`docker://${reference}`, `oci:${folder}/layout:image`],
          ],
          ["umoci", "unpack", "--image", `${folder}/layout:image`, `${folder}/bundle`],
        ],
      }),
    },
  ];
}
