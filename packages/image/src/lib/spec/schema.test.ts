import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { beforeAll, describe, expect, test } from "vitest";
import { aConfig, aManifest, anIndex, jsonBytes } from "../../testing/transport-bodies.ts";
import { parseConfig, parseIndex, parseManifest } from "./body.ts";
import { mediaTypes } from "./media-type.ts";

/** Where the specification's own JSON schemas are, on machines that have them. */
const schemas =
  process.env["X_OCI_IMAGE_SCHEMA"] ?? "/work/shared/reference/data/oci-image-spec/schema";

const kinds = {
  index: { file: "image-index-schema.json", parse: parseIndex, body: anIndex },
  manifest: { file: "image-manifest-schema.json", parse: parseManifest, body: aManifest },
  config: { file: "config-schema.json", parse: parseConfig, body: aConfig },
} as const;

const others: unknown[] = [null, true, -1, 1.5, "", "x", "sha256:x", [], ["x"], [1], {}, { a: 1 }];

/** Where we say more or less than the schemas do, and why. */
const stricter = /^(config|layers|manifests|subject)|mediaType|diff_ids|schemaVersion|history/;
const laxer = /null|diff_ids|layers \[\]/;

describe.skipIf(!existsSync(schemas))(
  "the official schemas (X_OCI_IMAGE_SCHEMA) and we agree",
  () => {
    let ajv: Ajv;
    beforeAll(() => {
      ajv = new Ajv({ strict: false, validateFormats: false });
      for (const file of ["defs.json", "defs-descriptor.json", "content-descriptor.json"]) {
        ajv.addSchema(schemaOf(file), file);
      }
    });

    test.each(Object.entries(kinds))("on every %s with one value changed", (name, kind) => {
      const official = ajv.compile(schemaOf(kind.file));
      const mediaType = mediaTypes[name as keyof typeof kinds];
      const ours = (body: unknown): string => {
        try {
          kind.parse(jsonBytes(body), { mediaType });
          return "";
        } catch (error) {
          return (error as Error).message;
        }
      };
      expect([verdict(official, kind.body), ours(kind.body)]).toEqual(["", ""]);
      let compared = 0;
      for (const [path, body] of variants(kind.body)) {
        const [theirs, mine] = [verdict(official, body), ours(body)];
        const isKnown = mine === "" ? laxer.test(path) : stricter.test(path);
        if ((theirs === "") !== (mine === "") && !isKnown) {
          expect.fail(`${path}: the schema says "${theirs}", we say "${mine}"`);
        }
        compared++;
      }
      expect(compared).toBeGreaterThan(80);
    });
  },
);

/** Draft 4's `id` is no keyword any more; relative references stay relative to the file. */
function schemaOf(file: string): object {
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip);
    if (typeof value !== "object" || value === null) return value;
    const kept = Object.entries(value).filter(([key]) => key !== "id" && key !== "$schema");
    return Object.fromEntries(kept.map(([key, item]) => [key, strip(item)]));
  };
  return strip(JSON.parse(readFileSync(join(schemas, file), "utf8"))) as object;
}

function verdict(validate: ValidateFunction, body: unknown): string {
  return validate(body) ? "" : JSON.stringify(validate.errors?.[0]);
}

// The body with each value, at every level, replaced by each other one, and left out.
function* variants(body: unknown, path: string[] = []): Generator<[string, unknown]> {
  if (typeof body !== "object" || body === null) return;
  for (const [key, value] of Object.entries(body)) {
    const here = [...path, key];
    const put = (item: unknown): unknown =>
      Array.isArray(body)
        ? body.map((old, index) => (String(index) === key ? item : old))
        : Object.fromEntries(
            Object.entries({ ...body, [key]: item }).filter(([, kept]) => kept !== undefined),
          );
    for (const other of others) yield [`${here.join(".")} ${JSON.stringify(other)}`, put(other)];
    if (!Array.isArray(body)) yield [`${here.join(".")} left out`, put(undefined)];
    for (const [where, inner] of variants(value, here)) yield [where, put(inner)];
  }
}
