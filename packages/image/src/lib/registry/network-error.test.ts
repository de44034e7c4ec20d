import { describe, expect, test } from "vitest";
import { isPassing, networkError } from "./network-error.ts";

const failed = (code: string): Error =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });
const url = new URL("https://registry.example:5000/v2/");

describe("what the network says becomes a sentence that says what to do:", () => {
  test.each([
    [
      "ECONNREFUSED",
      "cannot pull a: nothing listens at registry.example:5000 (ECONNREFUSED). Is the registry running",
    ],
    ["ENOTFOUND", "there is no host registry.example:5000 (ENOTFOUND). Is the name right?"],
    [
      "EAI_AGAIN",
      "no name server could say where registry.example:5000 is (EAI_AGAIN). Is the network up?",
    ],
    [
      "UND_ERR_CONNECT_TIMEOUT",
      "did not answer in time (UND_ERR_CONNECT_TIMEOUT). Is the network up",
    ],
    ["EHOSTUNREACH", "there is no way to registry.example:5000 from here (EHOSTUNREACH)"],
    ["ECONNRESET", "broke off the connection (ECONNRESET)"],
    [
      "ERR_SSL_WRONG_VERSION_NUMBER",
      "does not speak TLS (ERR_SSL_WRONG_VERSION_NUMBER). If it serves plain http",
    ],
  ])("%s", (code, message) => {
    expect(networkError(failed(code), "pull a", url)).toMatchObject({
      code: "X_IMAGE_REGISTRY",
      message: expect.stringContaining(message),
    });
  });

  test.each([
    [
      "SELF_SIGNED_CERT_IN_CHAIN",
      "nobody trusted here vouches for the certificate of registry.example:5000",
    ],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "nobody trusted here vouches"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "nobody trusted here vouches"],
    ["CERT_HAS_EXPIRED", "has expired"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "is for another host"],
  ])("%s", (code, message) => {
    const error = networkError(failed(code), "pull a", url);
    expect(error.code).toBe("X_IMAGE_CERTIFICATE");
    expect(error.message).toContain(message);
    expect(error.hint).toMatch(/ca option.*NODE_EXTRA_CA_CERTS.*--insecure/);
  });
});

test("of several addresses that all fail, one is told", () => {
  const all = new AggregateError([failed("ECONNREFUSED"), failed("ECONNREFUSED")], "all failed");
  const error = networkError(new TypeError("fetch failed", { cause: all }), "pull a", url);
  expect(error.message).toContain("nothing listens at");
});

test("a lost connection is tried again, an unknown host or a bad certificate is not", () => {
  for (const code of ["ECONNRESET", "UND_ERR_SOCKET", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT"]) {
    expect(isPassing(failed(code)), code).toBe(true);
  }
  for (const code of ["ENOTFOUND", "CERT_HAS_EXPIRED", "ERR_INVALID_URL"]) {
    expect(isPassing(failed(code)), code).toBe(false);
  }
  expect(isPassing(new Error("no code"))).toBe(false);
  expect(isPassing("no error")).toBe(false);
});
