import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { impatient } from "../../testing/registry-fake.ts";
import { bytesOf, contentOf, memoryImage, pushImage } from "../../testing/registry-image.ts";
import {
  onPath,
  registryMissing,
  startRegistry,
  type RegistryOptions as Kind,
  type TestRegistry,
} from "../../testing/registry.ts";
import type { RegistryOptions } from "./client.ts";
import { registryDestination } from "./destination.ts";
import { login } from "./login.ts";
import { parseReference } from "./reference.ts";
import { registrySource } from "./source.ts";
import { listTags } from "./tags.ts";

const reason = registryMissing === undefined ? "" : ` (skipped: ${registryMissing})`;
const kinds: [string, Kind][] = [
  ["that is open", {}],
  ["with a password", { auth: "basic" }],
  ["behind a token server", { auth: "token" }],
  ["with certificates of its own", { tls: true, auth: "basic" }],
];
const image = memoryImage([0, 10, 100_000, 3_000_000]);

describe.skipIf(reason !== "").each(kinds)(`a registry %s${reason}`, (_, kind) => {
  const { tls = false, auth = "none" } = kind;
  const knows = auth !== "none";
  let registry: TestRegistry;
  let options: RegistryOptions;
  beforeAll(async () => {
    registry = await startRegistry(kind);
    const { ca, user } = registry;
    options = { ...impatient, credentials: user, ...(ca === undefined ? {} : { ca }) };
    await using destination = registryDestination(
      parseReference(`${registry.host}/some/name:v1`),
      options,
    );
    await pushImage(image, destination);
  });
  afterAll(async () => registry?.[Symbol.asyncDispose]());

  test("gives back what it was given, byte for byte", async () => {
    const reference = parseReference(`${registry.host}/some/name:v1`);
    await using source = registrySource(reference, options);
    const document = await source.document();
    expect(document.descriptor).toEqual(image.document.descriptor);
    expect(Buffer.from(document.bytes).equals(image.document.bytes)).toBe(true);
    expect(await source.document(image.document.descriptor.digest)).toEqual(document);
    for (const { descriptor, bytes } of image.blobs) {
      expect((await bytesOf(await source.blob(descriptor))).equals(bytes)).toBe(true);
    }
    expect(await listTags(reference, options)).toEqual(["v1"]);
  });

  test("gives what follows a byte", async () => {
    await using source = registrySource(parseReference(`${registry.host}/some/name:v1`), options);
    const { descriptor, bytes } = image.blobs.at(-1)!;
    const content = await source.blob(descriptor, { offset: 2_999_000 });
    expect(content.start).toBe(2_999_000);
    expect((await bytesOf(content)).equals(bytes.subarray(2_999_000))).toBe(true);
  });

  test("says which blobs and manifests it has", async () => {
    await using destination = registryDestination(
      parseReference(`${registry.host}/some/name:v1`),
      options,
    );
    const other = memoryImage([5]);
    for (const { descriptor } of [image.document, ...image.blobs]) {
      expect(await destination.has(descriptor)).toBe(true);
    }
    for (const { descriptor } of [other.document, other.blobs[1]!]) {
      expect(await destination.has(descriptor)).toBe(false);
    }
  });

  test("is found by the name of localhost", async () => {
    const named = registry.host.replace("127.0.0.1", "localhost");
    expect(await listTags(parseReference(`${named}/some/name`), options)).toEqual(["v1"]);
  });

  test("takes blobs from another of its repositories", async () => {
    const reference = parseReference(`${registry.host}/other:v1`);
    await using destination = registryDestination(reference, {
      ...options,
      mountFrom: "some/name",
    });
    const { descriptor } = image.blobs.at(-1)!;
    expect(await destination.has(descriptor)).toBe(false);
    await destination.putBlob(descriptor, async () => expect.fail("nothing needs to be sent"));
    expect(await destination.has(descriptor)).toBe(true);
  });

  test("does not take what is not its digest's", async () => {
    await using destination = registryDestination(
      parseReference(`${registry.host}/bad:v1`),
      options,
    );
    const { descriptor, bytes } = memoryImage([200_000]).blobs[1]!;
    const damaged = Buffer.from(bytes).fill(0, 1000, 1010);
    const pushed = destination.putBlob(descriptor, async (offset) => contentOf(damaged, offset));
    await expect(pushed).rejects.toMatchObject({ code: "X_IMAGE_DIGEST" });
    expect(await destination.has(descriptor)).toBe(false);
  });

  test("has a sentence for a tag that is not there, with those that are", async () => {
    await using source = registrySource(parseReference(`${registry.host}/some/name:v2`), options);
    await expect(source.document()).rejects.toMatchObject({
      code: "X_IMAGE_NOT_FOUND",
      message: `${registry.host}/some/name has no tag v2. There is v1`,
    });
    await using none = registrySource(parseReference(`${registry.host}/no/thing`), options);
    await expect(none.document()).rejects.toMatchObject({
      code: "X_IMAGE_NOT_FOUND",
      message: expect.stringContaining(`there is no ${registry.host}/no/thing`),
    });
  });

  test.runIf(knows)(
    `has a sentence for who it does not know${knows ? "" : " (skipped: it knows everyone)"}`,
    async () => {
      const reference = parseReference(`${registry.host}/some/name:v1`);
      const { credentials: _, ...anonymous } = options;
      await using nobody = registrySource(reference, anonymous);
      await expect(nobody.document()).rejects.toMatchObject({
        code: "X_IMAGE_UNAUTHORIZED",
        message: expect.stringMatching(
          /wants credentials and there are none.*Looked for credentials in \/nonexistent.*x login/,
        ),
      });
      const wrong = { username: "alice", password: "hunter2" };
      await using somebody = registrySource(reference, { ...options, credentials: wrong });
      await expect(somebody.document()).rejects.toMatchObject({
        code: "X_IMAGE_UNAUTHORIZED",
        message: expect.stringContaining('does not accept the credentials of "alice"'),
      });
    },
  );

  test.runIf(!tls)(
    `has a sentence for who speaks TLS to what does not${tls ? " (skipped: it speaks TLS)" : ""}`,
    async () => {
      const reference = parseReference(`${registry.host}/some/name:v1`);
      await using source = registrySource(reference, { ...options, plainHttp: false });
      await expect(source.document()).rejects.toThrow("does not speak TLS");
    },
  );

  const noSkopeo = onPath("skopeo") ? "" : " (skipped: skopeo is not installed)";
  test.skipIf(noSkopeo !== "")(
    `is pulled from by skopeo, too, with the credentials that are kept for it${noSkopeo}`,
    async () => {
      const directory = await mkdtemp(join(tmpdir(), "x-skopeo-"));
      try {
        const authFile = join(directory, "auth.json");
        const { credentials: _, ...unknown } = options;
        await login(registry.host, registry.user, { ...unknown, authFile });
        await using source = registrySource(parseReference(`${registry.host}/some/name:v1`), {
          ...unknown,
          authFile,
        });
        expect((await source.document()).descriptor).toEqual(image.document.descriptor);
        const copied = join(directory, "copied");
        const args = [
          ...["copy", "--preserve-digests", "--src-tls-verify=false"],
          ...(knows ? ["--authfile", authFile] : []),
          ...[`docker://${registry.host}/some/name:v1`, `dir:${copied}`],
        ];
        // It keeps notes on what it has seen at home.
        const env = { ...process.env, HOME: directory };
        await promisify(execFile)("skopeo", args, { env });
        const manifest = await readFile(join(copied, "manifest.json"));
        expect(manifest.equals(image.document.bytes)).toBe(true);
      } finally {
        await rm(directory, { recursive: true });
      }
    },
  );
});

describe.skipIf(reason !== "")(`a registry behind a token server${reason}`, () => {
  test("lets those without a name pull where the token server does, and not push", async () => {
    await using registry = await startRegistry({ auth: "token", anonymousPull: true });
    const reference = parseReference(`${registry.host}/a:v1`);
    await using destination = registryDestination(reference, {
      ...impatient,
      credentials: registry.user,
    });
    await pushImage(memoryImage([10]), destination);
    await using source = registrySource(reference, impatient);
    await source.document();
    await using nobody = registryDestination(reference, impatient);
    await expect(pushImage(memoryImage([10]), nobody)).rejects.toMatchObject({
      code: "X_IMAGE_UNAUTHORIZED",
    });
  });

  test("takes the token that an identity token was exchanged for", async () => {
    await using registry = await startRegistry({ auth: "token" });
    const { identityToken, requests } = registry.tokens!;
    const reference = parseReference(`${registry.host}/a:v1`);
    const options = { ...impatient, credentials: { identityToken } };
    await using destination = registryDestination(reference, options);
    await pushImage(memoryImage([10, 20]), destination);
    expect(requests).toEqual([
      {
        method: "POST",
        as: "refresh",
        service: "registry.test",
        scopes: ["repository:a:pull,push"],
      },
    ]);
  });

  test("with TLS, is not followed to a token server in plain http", async () => {
    await using registry = await startRegistry({ auth: "token", tls: true });
    const reference = parseReference(`${registry.host}/a:v1`);
    const { ca, user, tokens } = registry;
    await using source = registrySource(reference, { ...impatient, credentials: user, ca: ca! });
    await expect(source.document()).rejects.toThrow(
      "Tokens are got over https; nothing was sent there",
    );
    expect(tokens?.requests).toEqual([]);
  });
});
