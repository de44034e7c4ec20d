/** The one user that the registries of tests know. */
export const user = { username: "alice", password: "wonder land" } as const;

/** That user as a line of an htpasswd file, made once with `htpasswd -nbB`. */
export const htpasswd = "alice:$2y$04$rP8GBZIEp8i2myAA3PNByO2i4NLuX.s0tBYKOi1YjHZ7tTEpJ63NK\n";

/** What a registry of a test is to be like. All paths are absolute. */
export interface RegistryConfig {
  /** Where the images are kept. */
  readonly storage: string;
  readonly htpasswd?: string;
  readonly token?: {
    readonly realm: string;
    readonly service: string;
    readonly issuer: string;
    readonly rootCertificate: string;
  };
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** The configuration of Debian's `docker-registry`: it listens on a free port of 127.0.0.1. */
export function registryConfig(config: RegistryConfig): string {
  const { storage, htpasswd, token, tls } = config;
  // JSON is YAML, too.
  return JSON.stringify({
    version: "0.1",
    log: { level: "info", accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: storage },
      cache: { blobdescriptor: "inmemory" },
      delete: { enabled: true },
    },
    http: {
      addr: "127.0.0.1:0",
      secret: "not one",
      ...(tls === undefined ? {} : { tls: { certificate: tls.certificate, key: tls.key } }),
    },
    auth: {
      ...(htpasswd === undefined ? {} : { htpasswd: { realm: "test", path: htpasswd } }),
      ...(token === undefined
        ? {}
        : {
            token: {
              realm: token.realm,
              service: token.service,
              issuer: token.issuer,
              rootcertbundle: token.rootCertificate,
            },
          }),
    },
  });
}
