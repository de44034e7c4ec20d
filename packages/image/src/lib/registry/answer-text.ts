import * as v from "valibot";

const body = v.object({
  errors: v.array(v.object({ code: v.optional(v.string()), message: v.optional(v.string()) })),
});
const tokenBody = v.object({ details: v.string() });

/** What is read of an answer that says why something was refused, in bytes. */
export const errorBodyLimit: number = 1024 * 1024;

/**
 * What a registry says in the body of an answer that is an error, as one line without control
 * characters; empty where it says nothing for people. Source: OCI distribution-spec "Error Codes".
 */
export function errorText(bytes: Uint8Array): string {
  const json = parse(Buffer.from(bytes).toString("utf8"));
  const known = v.safeParse(body, json);
  if (known.success) {
    const sentences = known.output.errors.slice(0, 5).map(({ code, message }) => {
      return [code, message].filter((part) => part !== undefined && part !== "").join(": ");
    });
    return clean(sentences.filter((sentence) => sentence !== "").join("; "));
  }
  const token = v.safeParse(tokenBody, json);
  return token.success ? clean(token.output.details) : "";
}

/** The codes in such a body: `MANIFEST_UNKNOWN`. */
export function errorCodes(bytes: Uint8Array): string[] {
  const known = v.safeParse(body, parse(Buffer.from(bytes).toString("utf8")));
  return known.success ? known.output.errors.flatMap(({ code }) => code ?? []) : [];
}

/** Text from elsewhere that may stand in a message: one line, no control characters, not endless. */
export function clean(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
