import { expect, test } from "vitest";
import { endpointOf, isLoopback, mirrorEndpoint } from "./endpoint.ts";

test.each([
  ["docker.io", "https://registry-1.docker.io/v2/"],
  ["quay.io", "https://quay.io/v2/"],
  ["localhost:5000", "http://localhost:5000/v2/"],
  ["127.0.0.1", "http://127.0.0.1/v2/"],
  ["127.1.2.3:80", "http://127.1.2.3/v2/"],
  ["[::1]:5000", "http://[::1]:5000/v2/"],
  ["10.0.0.1:5000", "https://10.0.0.1:5000/v2/"],
  ["localhost.example.com", "https://localhost.example.com/v2/"],
  ["127.0.0.1.example.com", "https://127.0.0.1.example.com/v2/"],
])("%s is asked at %s", (registry, url) => {
  expect(endpointOf({ registry, repository: "a" }).base.href).toBe(url);
});

test("plain http is spoken elsewhere only when it is asked for", () => {
  const there = { registry: "10.0.0.1:5000", repository: "a" };
  expect(endpointOf(there, { plainHttp: true }).base.protocol).toBe("http:");
  expect(endpointOf(there, { plainHttp: false }).base.protocol).toBe("https:");
});

test("loopback is spoken to in TLS when that or a certificate is asked for", () => {
  const here = { registry: "localhost:5000", repository: "a" };
  expect(endpointOf(here, { plainHttp: false }).base.protocol).toBe("https:");
  expect(endpointOf(here, { tls: true }).base.protocol).toBe("https:");
  expect(endpointOf(here, { tls: true, plainHttp: true }).base.protocol).toBe("http:");
});

test.each([
  ["mirror.example:5000", "https://mirror.example:5000/v2/", "library/busybox"],
  ["https://mirror.example/", "https://mirror.example/v2/", "library/busybox"],
  ["http://10.0.0.1:5000", "http://10.0.0.1:5000/v2/", "library/busybox"],
  ["localhost:5000/hub", "http://localhost:5000/v2/", "hub/library/busybox"],
])("the mirror %s is asked at %s for %s", (mirror, url, repository) => {
  const endpoint = mirrorEndpoint(mirror, "library/busybox");
  expect([endpoint.base.href, endpoint.repository]).toEqual([url, repository]);
});

test.each(["", "ftp://a", "a b", "https://user:pass@host", "host/../x", "host/UP"])(
  "%j is refused as a mirror",
  (mirror) => {
    expect(() => mirrorEndpoint(mirror, "a")).toThrow(
      expect.objectContaining({ code: "X_IMAGE_INVALID", field: "mirrors" }),
    );
  },
);

test("a name that only looks like loopback is not", () => {
  expect(isLoopback("127.evil.com")).toBe(false);
  expect(isLoopback("127.0.0.1")).toBe(true);
});
