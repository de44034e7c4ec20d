import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { selfSigned } from "../../testing/registry-certificates.ts";
import { impatient } from "../../testing/registry-fake.ts";
import { memoryImage, pushImage } from "../../testing/registry-image.ts";
import { registryMissing, startRegistry, type TestRegistry } from "../../testing/registry.ts";
import type { RegistryOptions } from "./client.ts";
import { registryDestination } from "./destination.ts";
import { parseReference } from "./reference.ts";
import { registrySource } from "./source.ts";

const reason = registryMissing === undefined ? "" : ` (skipped: ${registryMissing})`;
const image = memoryImage([10]);

describe.skipIf(reason !== "")(`a registry with certificates of its own${reason}`, () => {
  let registry: TestRegistry;
  let options: RegistryOptions;
  beforeAll(async () => {
    registry = await startRegistry({ tls: true });
    options = { ...impatient, ca: registry.ca! };
    await using destination = registryDestination(
      parseReference(`${registry.host}/some/name:v1`),
      options,
    );
    await pushImage(image, destination);
  });
  afterAll(async () => registry?.[Symbol.asyncDispose]());

  test("has a sentence for a certificate that nobody vouches for", async () => {
    const reference = parseReference(`${registry.host}/some/name:v1`);
    const { ca: _, ...unaware } = options;
    await using source = registrySource(reference, { ...unaware, plainHttp: false });
    await expect(source.document()).rejects.toMatchObject({
      code: "X_IMAGE_CERTIFICATE",
      message: expect.stringMatching(
        /vouches for the certificate.*ca option.*NODE_EXTRA_CA_CERTS.*--insecure/,
      ),
    });
    await using insecure = registrySource(reference, { ...unaware, insecure: true });
    expect((await insecure.document()).descriptor).toEqual(image.document.descriptor);
  });

  test("is trusted for NODE_EXTRA_CA_CERTS, with and without the ca option", async () => {
    const directory = await mkdtemp(join(tmpdir(), "x-ca-"));
    try {
      const file = join(directory, "ca.pem");
      await writeFile(file, registry.ca!);
      const script = `
        import { listTags, parseReference } from ${JSON.stringify(new URL("../../index.ts", import.meta.url).href)};
        const options = JSON.parse(process.argv[1]);
        console.log(await listTags(parseReference(options.name), options));
      `;
      const { ca: _, ...unaware } = options;
      const other = await selfSigned(directory, "other");
      for (const more of [{}, { ca: await readFile(other.certificate, "utf8") }]) {
        const name = `${registry.host}/some/name`;
        const asked = JSON.stringify({ ...unaware, ...more, plainHttp: false, name });
        const { stdout } = await promisify(execFile)(
          process.execPath,
          ["--import", "tsx", "--conditions=source", "--input-type=module", "-e", script, asked],
          { env: { ...process.env, NODE_EXTRA_CA_CERTS: file } },
        );
        expect(stdout).toBe("[ 'v1' ]\n");
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test("has a sentence for who speaks plain http to it", async () => {
    const reference = parseReference(`${registry.host}/some/name:v1`);
    await using source = registrySource(reference, { ...options, plainHttp: true });
    await expect(source.document()).rejects.toThrow("It speaks TLS: give its authority");
  });
});
