import { createPrivateKey, randomUUID, sign, X509Certificate, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { CertificateFiles } from "./registry-certificates.ts";

/** What a token server of a test has been asked. */
interface TokenRequest {
  readonly method: string;
  /** Who asked: the user's name, `refresh` for an identity token, nothing for anyone. */
  readonly as: string | undefined;
  readonly service: string | undefined;
  readonly scopes: readonly string[];
}

/** A token server that runs on loopback. */
export interface TokenServer extends AsyncDisposable {
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  readonly requests: TokenRequest[];
  /** A token that stands for the user and password, in the POST form of the protocol. */
  readonly identityToken: string;
}

/** Whom it lets in, and for how long. */
export interface TokenServerOptions {
  readonly user: { readonly username: string; readonly password: string };
  /** Signs the tokens. */
  readonly signer: CertificateFiles;
  /** Whether those without a name may pull. */
  readonly anonymousPull?: boolean;
  /** Seconds; 300 unless given. */
  readonly expiresIn?: number;
}

/**
 * Serves bearer tokens for a registry as docker's token specification has it: GET with basic
 * authentication or without any, POST with an identity token or a password.
 */
export async function startTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const { user, anonymousPull = false, expiresIn = 300 } = options;
  const key = createPrivateKey(await readFile(options.signer.key));
  const certificate = new X509Certificate(await readFile(options.signer.certificate));
  const requests: TokenRequest[] = [];
  const identityToken = randomUUID();
  const service = "registry.test";
  const issuer = "the token server of the tests";

  const server = createServer(async (request, response) => {
    const asked = await read(request);
    const named =
      asked.identity === identityToken
        ? "refresh"
        : asked.username === user.username && asked.password === user.password
          ? user.username
          : undefined;
    const { service: audience, scopes } = asked;
    requests.push({ method: request.method ?? "", as: named, service: audience, scopes });
    const wrong = named === undefined && (asked.identity ?? asked.username) !== undefined;
    if (wrong) {
      const body = { errors: [{ code: "UNAUTHORIZED", message: "wrong name or password" }] };
      response.writeHead(401, { "content-type": "application/json" }).end(JSON.stringify(body));
      return;
    }
    const access = scopes.map(parseScope).map((scope) => ({
      ...scope,
      actions:
        named === undefined
          ? anonymousPull
            ? scope.actions.filter((action) => action === "pull")
            : []
          : scope.actions,
    }));
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      ...{ iss: issuer, sub: named ?? "", aud: audience, jti: randomUUID(), access },
      ...{ iat: now, nbf: now - 60, exp: now + Math.max(expiresIn, 60) },
    };
    const token = jwt(claims, key, certificate);
    const body = {
      token,
      access_token: token,
      expires_in: expiresIn,
      issued_at: new Date().toISOString(),
    };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    realm: `http://127.0.0.1:${port}/token`,
    service,
    issuer,
    requests,
    identityToken,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

interface Asked {
  readonly username?: string;
  readonly password?: string;
  readonly identity?: string;
  readonly service?: string;
  readonly scopes: string[];
}

async function read(request: IncomingMessage): Promise<Asked> {
  const query =
    request.method === "POST"
      ? new URLSearchParams(await text(request))
      : new URL(request.url ?? "/", "http://x").searchParams;
  const basic = /^Basic (.*)$/.exec(request.headers.authorization ?? "")?.[1];
  const [, username, password] =
    basic === undefined
      ? [undefined, query.get("username") ?? undefined, query.get("password") ?? undefined]
      : (/^([^:]*):(.*)$/s.exec(Buffer.from(basic, "base64").toString()) ?? []);
  const identity = query.get("refresh_token");
  const service = query.get("service");
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(identity === null ? {} : { identity }),
    ...(service === null ? {} : { service }),
    scopes: query.getAll("scope").flatMap((scope) => scope.split(" ")),
  };
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString();
}

function parseScope(scope: string): { type: string; name: string; actions: string[] } {
  const [, type = "", name = "", actions = ""] = /^([^:]*):(.*):([^:]*)$/.exec(scope) ?? [];
  return { type, name, actions: actions.split(",") };
}

function jwt(claims: object, key: KeyObject, certificate: X509Certificate): string {
  const header = { typ: "JWT", alg: "ES256", x5c: [certificate.raw.toString("base64")] };
  const encode = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${encode(header)}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}
