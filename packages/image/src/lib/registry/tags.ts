import * as v from "valibot";
import { ImageError } from "../error.ts";
import type { RegistryClient, RegistryOptions } from "./client.ts";
import { nextLink } from "./link.ts";
import { mayFollow } from "./redirect.ts";
import type { Reference } from "./reference.ts";
import { openRepository } from "./repository.ts";
import { askWhole } from "./whole.ts";

const pageLimit = 4 * 1024 * 1024;
const mostPages = 1000;
const page = v.object({ tags: v.nullish(v.array(v.string())) });

/**
 * All tags of a repository, as the registry orders them. Throws `X_IMAGE_NOT_FOUND` where there is
 * no such repository, and what is thrown of registries. Source: OCI distribution-spec "Listing
 * Tags".
 */
export async function listTags(
  reference: Pick<Reference, "registry" | "repository">,
  options: RegistryOptions & { readonly signal?: AbortSignal } = {},
): Promise<string[]> {
  const { own, close } = openRepository(reference, options);
  try {
    return await tagsAt(own, mostPages, options.signal);
  } finally {
    await close();
  }
}

/** The tags on the first pages at one registry. */
export async function tagsAt(
  client: RegistryClient,
  pages: number,
  signal?: AbortSignal,
): Promise<string[]> {
  const { registry, repository } = client.endpoint;
  const doing = `list the tags of ${registry}/${repository}`;
  const scopes = [`repository:${repository}:pull`];
  const tags: string[] = [];
  const seen = new Set<string>();
  let at: string | URL | undefined = `${repository}/tags/list`;
  for (let count = 0; at !== undefined && count < pages; count += 1) {
    seen.add(String(at));
    const question = { method: "GET", at, doing, scopes, expect: [200], signal } as const;
    const { bytes, headers, url } = await askWhole(client, question, pageLimit);
    const parsed = v.safeParse(
      v.pipe(v.string(), v.parseJson(), page),
      Buffer.from(bytes).toString("utf8"),
    );
    if (!parsed.success) {
      throw new ImageError("X_IMAGE_REGISTRY", `cannot ${doing}: the answer is no list of tags`);
    }
    tags.push(...(parsed.output.tags ?? []));
    const next = nextLink(headers.get("link"));
    at = next === undefined ? undefined : new URL(next, url);
    if (at !== undefined && (!mayFollow(client.endpoint.base, at) || seen.has(at.href))) {
      throw new ImageError(
        "X_IMAGE_REGISTRY",
        `cannot ${doing}: the next page is none of this list`,
      );
    }
  }
  return tags;
}

/** Tags in a sentence: the first of them, and how many more there are. */
export function describeTags(tags: readonly string[]): string {
  const shown = tags.slice(0, 20).map((tag) => (/^[\w.-]{1,128}$/.test(tag) ? tag : "?"));
  if (shown.length === 0) return "It has no tags at all";
  const more = tags.length - shown.length;
  return `There ${tags.length === 1 ? "is" : "are"} ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
