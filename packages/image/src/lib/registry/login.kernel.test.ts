import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { impatient, startFake, type FakeServer } from "../../testing/registry-fake.ts";
import { editAuthFile } from "./auth-files.ts";
import { entryOf } from "./credentials.ts";
import { findCredentials } from "./find-credentials.ts";
import { login, logout, type LoginOptions } from "./login.ts";

const alice = { username: "alice", password: "open sesame" };
const basic = `Basic ${Buffer.from("alice:open sesame").toString("base64")}`;
let home: string;
let options: LoginOptions;
let server: FakeServer;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "x-login-"));
  await mkdir(join(home, "bin"));
  options = { ...impatient, env: { HOME: home, PATH: `${join(home, "bin")}:/usr/bin:/bin` } };
  server = await startFake(({ headers }) =>
    headers.authorization === basic
      ? { body: "{}" }
      : { status: 401, headers: { "www-authenticate": "Basic" } },
  );
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(home, { recursive: true });
});

const config = (): string => join(home, ".docker", "config.json");
const write = async (path: string, content: unknown): Promise<void> => {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
};
const read = async (path = config()): Promise<unknown> => JSON.parse(await readFile(path, "utf8"));
const there = { registry: "a.com", repository: "b/c" };

/** A helper that keeps what it is given in a file, and writes down how it was called. */
async function helper(name: string, script: string): Promise<void> {
  const path = join(home, "bin", `docker-credential-${name}`);
  await writeFile(path, `#!/bin/sh\necho "$@" >> ${home}/calls\n${script}\n`);
  await chmod(path, 0o755);
}

describe("logging in", () => {
  test("keeps what the registry knows, for nobody else to read", async () => {
    expect(await login(server.host, alice, options)).toEqual({ path: config() });
    expect(server.requests.map(({ url }) => url)).toEqual(["/v2/", "/v2/"]);
    expect((await stat(config())).mode & 0o777).toBe(0o600);
    expect((await stat(join(home, ".docker"))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(home, ".docker"))).toEqual(["config.json"]);
    expect(
      await findCredentials({ registry: server.host, repository: "a" }, options),
    ).toMatchObject({
      credentials: alice,
    });
  });

  test("keeps nothing that the registry does not know, and does not repeat it", async () => {
    const wrong = login(server.host, { ...alice, password: "hunter2" }, options);
    const error = await wrong.catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: "X_IMAGE_UNAUTHORIZED" });
    expect(String(error)).not.toContain("hunter2");
    expect(await readdir(home)).toEqual(["bin"]);
  });

  test("leaves everything else in the file as it is, and a link a link", async () => {
    const real = join(home, "kept.json");
    await write(real, {
      psFormat: "x",
      auths: { "a.com": entryOf("b", "c") },
      HttpHeaders: { A: "b" },
    });
    await mkdir(join(home, ".docker"));
    await symlink(real, config());
    await login(server.host, alice, options);
    expect(await read(real)).toEqual({
      psFormat: "x",
      HttpHeaders: { A: "b" },
      auths: { "a.com": entryOf("b", "c"), [server.host]: entryOf("alice", "open sesame") },
    });
    expect(await readdir(join(home, ".docker"))).toEqual(["config.json"]);
  });

  test("goes into the file that is named", async () => {
    const path = join(home, "named", "auth.json");
    expect(await login(server.host, alice, { ...options, authFile: path })).toEqual({ path });
    const env = { ...options.env, REGISTRY_AUTH_FILE: join(home, "other.json") };
    expect(await login(server.host, alice, { ...options, env })).toEqual({
      path: join(home, "other.json"),
    });
    expect(await readdir(home)).not.toContain(".docker");
  });

  test("leaves a file alone that it does not understand", async () => {
    await write(config(), "{ not json");
    await expect(login(server.host, alice, options)).rejects.toMatchObject({
      code: "X_IMAGE_INVALID",
      field: config(),
    });
    expect(await readFile(config(), "utf8")).toBe("{ not json");
  });

  test("gives the secret to a helper by its standard input, and to no file or argument", async () => {
    await helper("keeper", `cat > ${home}/kept; exit 0`);
    await write(config(), { credsStore: "keeper" });
    expect(await login(server.host, alice, options)).toEqual({
      path: config(),
      helper: "docker-credential-keeper",
    });
    expect(await readFile(join(home, "calls"), "utf8")).toBe("store\n");
    expect(await read(join(home, "kept"))).toEqual({
      ServerURL: server.host,
      Username: "alice",
      Secret: "open sesame",
    });
    expect(await read()).toEqual({ credsStore: "keeper" });
  });
});

describe("logging out", () => {
  test("forgets the registry under whatever name it is kept, and no other", async () => {
    const auths = { "a.com": entryOf("a", "b"), "https://a.com/v1/": {}, "b.a.com": {} };
    await write(config(), { auths });
    expect(await logout("a.com", options)).toBe(true);
    expect(await read()).toEqual({ auths: { "b.a.com": {} } });
    expect(await logout("a.com", options)).toBe(false);
  });

  test("has a helper forget it, too", async () => {
    await helper("keeper", "cat > /dev/null; exit 0");
    await write(config(), { credHelpers: { "a.com": "keeper" } });
    expect(await logout("a.com", options)).toBe(true);
    expect(await readFile(join(home, "calls"), "utf8")).toBe("erase\n");
  });
});

describe("credentials are looked for", () => {
  test("in docker's file, then in podman's, and each is named", async () => {
    const env = { ...options.env, XDG_RUNTIME_DIR: join(home, "run") };
    const podman = join(home, "run", "containers", "auth.json");
    await write(config(), { auths: { "b.com": {} } });
    await write(podman, { auths: { "a.com/b": entryOf("alice", "open sesame") } });
    expect(await findCredentials(there, { env })).toEqual({
      credentials: alice,
      looked: [`${config()}: none for this registry`, `${podman}: some`],
    });
  });

  test("with the helper that docker's file names, which is asked for docker.io by its old name", async () => {
    await helper("sealed", `cat > ${home}/asked; echo '{"Username":"<token>","Secret":"t"}'`);
    await write(config(), { credHelpers: { "docker.io": "sealed" } });
    const hub = { registry: "docker.io", repository: "library/a" };
    expect(await findCredentials(hub, options)).toMatchObject({
      credentials: { identityToken: "t" },
    });
    expect(await readFile(join(home, "asked"), "utf8")).toBe("https://index.docker.io/v1/\n");
    expect(await readFile(join(home, "calls"), "utf8")).toBe("get\n");
  });

  test("in the file after a helper that has none", async () => {
    await helper("empty", "echo credentials not found in native keychain; exit 1");
    await write(config(), {
      credsStore: "empty",
      auths: { "a.com": entryOf("alice", "open sesame") },
    });
    expect(await findCredentials(there, options)).toEqual({
      credentials: alice,
      looked: [`docker-credential-empty (named in ${config()})`, `${config()}: some`],
    });
  });

  test.each([
    ["that is not installed", "missing", undefined, String.raw`could not be run \(ENOENT\)`],
    ["that fails", "failing", "echo the vault is locked; exit 1", "says: the vault is locked"],
    [
      "that answers with nonsense",
      "odd",
      'echo \'{"Secret":"hunter2"}\'',
      "not the one of a helper",
    ],
    ["whose name leads elsewhere", "../../tmp/x", undefined, "is not the name of one"],
  ])("and a helper %s is told of, without what it keeps", async (_, name, script, message) => {
    if (script !== undefined) await helper(name, script);
    const auths = { "a.com": entryOf("alice", "open sesame") };
    await write(config(), { credsStore: name, auths });
    const { credentials, looked } = await findCredentials(there, options);
    expect(credentials).toEqual(alice);
    expect(looked).toEqual([
      `docker-credential-${name} (named in ${config()})`,
      expect.stringMatching(new RegExp(`^the credential helper docker-credential-.*${message}$`)),
      `${config()}: some`,
    ]);
    expect(String(looked)).not.toContain("hunter2");
  });

  test("in the next file after one that is broken, which is told of", async () => {
    const next = join(home, ".config", "containers", "auth.json");
    await write(config(), "{ not json");
    await write(next, { auths: { "a.com": entryOf("alice", "open sesame") } });
    expect(await findCredentials(there, options)).toEqual({
      credentials: alice,
      looked: [`${config()}: is not what docker or podman write there`, `${next}: some`],
    });
  });

  test("and a helper that never answers ends with the signal", async () => {
    await helper("stuck", "exec sleep 1000");
    await write(config(), { credsStore: "stuck" });
    const reason = new Error("enough");
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 100);
    await expect(findCredentials(there, options, controller.signal)).rejects.toBe(reason);
  });
});

test("a change that fails leaves the file as it was, and nothing beside it", async () => {
  await write(config(), { auths: {} });
  const failure = new Error("no");
  const edit = editAuthFile(config(), () => {
    throw failure;
  });
  await expect(edit).rejects.toBe(failure);
  expect(await readdir(join(home, ".docker"))).toEqual(["config.json"]);
});
