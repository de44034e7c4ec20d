import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bytesOf, contentOf, memoryImage, pushImage } from "../../testing/registry-image.ts";
import { registryMissing, startRegistry, type TestRegistry } from "../../testing/registry.ts";
import { digestOf } from "../spec/digest.ts";
import { registryDestination } from "./destination.ts";
import { parseReference } from "./reference.ts";
import { registrySource } from "./source.ts";
import { listTags } from "./tags.ts";

const kinds = [
  ["open", {}],
  ["with a password", { auth: "basic" }],
  ["behind a token server", { auth: "token" }],
  ["with certificates of its own", { tls: true }],
  ["with certificates, behind a token server", { tls: true, auth: "token" }],
] as const;
const title = (text: string): string =>
  registryMissing === undefined ? text : `${text} (skipped: ${registryMissing})`;
// No test reads the credentials of whoever runs it.
const env = { HOME: "/nonexistent" };

describe.skipIf(registryMissing !== undefined).each(kinds)(title("a registry %s"), (_, kind) => {
  let registry: TestRegistry;
  let options: { env: typeof env; credentials: TestRegistry["user"]; ca?: string };
  beforeAll(async () => {
    registry = await startRegistry(kind);
    const { ca, user } = registry;
    // The token server of the tests is on loopback in plain http, where no password of a
    // registry with TLS goes.
    options = { env, credentials: user, ...(ca === undefined ? {} : { ca }) };
  });
  afterAll(async () => registry?.[Symbol.asyncDispose]());

  test.skipIf("tls" in kind && "auth" in kind)(
    "gives back what it was given, byte for byte",
    async () => {
      const image = memoryImage([0, 10, 100_000, 3_000_000]);
      const reference = parseReference(`${registry.host}/some/name:v1`);
      await using destination = registryDestination(reference, options);
      await pushImage(image, destination);
      await using source = registrySource(reference, options);
      const document = await source.document();
      expect(document).toEqual({ ...image.document, bytes: expect.anything() });
      expect(Buffer.from(document.bytes).equals(image.document.bytes)).toBe(true);
      expect(await source.document(image.document.descriptor.digest)).toEqual(document);
      for (const { descriptor, bytes } of image.blobs) {
        expect(await destination.has(descriptor)).toBe(true);
        const content = await source.blob(descriptor);
        expect(content.start).toBe(0);
        expect((await bytesOf(content)).equals(bytes)).toBe(true);
      }
      expect(await listTags(reference, options)).toEqual(["v1"]);
    },
  );
});
