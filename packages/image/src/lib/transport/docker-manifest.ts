import * as v from "valibot";
import { ImageError } from "../error.ts";
import { parseJson } from "../spec/json.ts";
import { memberName } from "./archive-files.ts";

/** One image in the `manifest.json` of a docker archive: names of files in it. */
export interface DockerManifest {
  readonly Config: string;
  readonly RepoTags?: readonly string[];
  /** Lowest first. */
  readonly Layers: readonly string[];
}

const schema = v.array(
  v.object({
    Config: v.string(),
    RepoTags: v.nullish(v.array(v.string())),
    Layers: v.nullish(v.array(v.string()), []),
  }),
);

/**
 * Reads the `manifest.json` of a docker archive. Throws `X_IMAGE_BODY`, and `X_IMAGE_ARCHIVE` for
 * names that lead out of the archive.
 */
export function parseDockerManifest(bytes: Uint8Array, name: string): DockerManifest[] {
  const result = v.safeParse(schema, parseJson(bytes, name), { abortEarly: true });
  if (!result.success) {
    const { message } = result.issues[0];
    throw new ImageError("X_IMAGE_BODY", `${name} is no list of docker's images: ${message}`);
  }
  return result.output.map(({ Config, RepoTags, Layers }) => ({
    Config: memberName(Config),
    ...(RepoTags && { RepoTags }),
    Layers: Layers.map(memberName),
  }));
}
