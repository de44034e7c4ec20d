/**
 * The address of the next page in a `Link` header, as it stands there. Source: RFC 8288, OCI
 * distribution-spec "Listing Tags".
 */
export function nextLink(header: string | null): string | undefined {
  for (const [, target, parameters] of (header ?? "").matchAll(/<([^<>]*)>((?:\s*;[^,<]*)*)/g)) {
    if (/;\s*rel\s*=\s*(?:"next"|next)\s*(?:;|$)/i.test(parameters ?? "")) return target;
  }
  return undefined;
}
