import { ImageError } from "../error.ts";
import type { Descriptor } from "../spec/types.ts";
import type { BlobContent } from "../transport/transport.ts";
import { StaleTokenError, type RegistryClient, type RegistryQuestion } from "./client.ts";
import { countedContent, type CountedContent } from "./counted-content.ts";
import type { Answer } from "./exchange.ts";
import { isPassing, networkError } from "./network-error.ts";
import { pause } from "./pause.ts";
import { readRefusal, refusalError } from "./refusal.ts";
import { backOff } from "./retry.ts";

/** What is pushed. */
export interface Upload {
  readonly descriptor: Descriptor;
  readonly doing: string;
  readonly open: (offset: number) => Promise<BlobContent>;
  /** A repository of the same registry that may have the blob already. */
  readonly mountFrom?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** Answers after which an upload can begin anew: the session is gone, or the server had trouble. */
const again: readonly number[] = [404, 408, 429, 500, 502, 503, 504];

/**
 * Uploads a blob in one piece, from its beginning again where that fails for a reason that may
 * pass; or has the registry take it from another of its repositories. Throws `X_IMAGE_DIGEST` and
 * `X_IMAGE_SIZE` where the content is not what the descriptor says, and what is thrown of
 * registries. Source: OCI distribution-spec "Pushing blobs".
 */
export async function uploadBlob(client: RegistryClient, upload: Upload): Promise<void> {
  const { descriptor, doing, signal, onBytes } = upload;
  const { retries, delay } = client.policy;
  for (let attempt = 0; ; attempt += 1) {
    const session = await begin(client, upload, attempt === 0);
    if (session === undefined) break;
    const content = await countedContent(descriptor, await upload.open(0), onBytes);
    try {
      const answer = await send(client, upload, session, content);
      if (answer.status === 201) {
        await settle(answer, descriptor, doing);
        break;
      }
      const refusal = await readRefusal(answer);
      if (refusal.codes.includes("DIGEST_INVALID")) throw notItsDigest(upload, refusal.text);
      if (attempt >= retries || !again.includes(refusal.status)) throw refusalError(refusal, doing);
    } catch (error) {
      signal?.throwIfAborted();
      content.throwIfFailed();
      const passing = error instanceof StaleTokenError || isPassing(error);
      if (attempt >= retries || !passing) throw networkError(error, doing, session);
    } finally {
      await content.close();
    }
    await pause(backOff(attempt, delay, Math.random()), signal);
  }
  onBytes?.(descriptor.size);
}

/** Where to send the blob, or nothing where the registry has it by now. */
async function begin(
  client: RegistryClient,
  upload: Upload,
  mount: boolean,
): Promise<URL | undefined> {
  const { descriptor, doing, mountFrom, signal } = upload;
  const { repository } = client.endpoint;
  const at = `${repository}/blobs/uploads/`;
  const scopes = [`repository:${repository}:pull,push`];
  const plain = { method: "POST", at, doing, scopes, expect: [201, 202], signal } as const;
  let answer: Answer | undefined;
  if (mountFrom !== undefined && mountFrom !== repository && mount) {
    const query = new URLSearchParams({ mount: descriptor.digest, from: mountFrom });
    const both = [...scopes, `repository:${mountFrom}:pull`];
    answer = await client
      .ask({ ...plain, at: `${at}?${query}`, scopes: both })
      .catch((error: unknown) => {
        // Who may not read there can still send it.
        if (error instanceof ImageError && error.code !== "X_IMAGE_CERTIFICATE") return undefined;
        throw error;
      });
  }
  answer ??= await client.ask({ ...plain, expect: [202] });
  await answer.discard();
  return answer.status === 201 ? undefined : client.locate(answer);
}

async function send(
  client: RegistryClient,
  { descriptor, doing, signal }: Upload,
  session: URL,
  content: CountedContent,
): Promise<Answer> {
  const at = new URL(session);
  // By hand: what the registry has put into the query comes back to it letter for letter.
  at.search += `${at.search === "" ? "?" : "&"}digest=${encodeURIComponent(descriptor.digest)}`;
  const question: RegistryQuestion = {
    method: "PUT",
    at,
    doing,
    scopes: [`repository:${client.endpoint.repository}:pull,push`],
    headers: {
      "content-type": "application/octet-stream",
      "content-length": String(descriptor.size),
    },
    body: content.body,
    expect: [201, 400, ...again],
    signal,
  };
  return client.ask(question);
}

async function settle(answer: Answer, descriptor: Descriptor, doing: string): Promise<void> {
  const kept = answer.headers.get("docker-content-digest") ?? descriptor.digest;
  await answer.discard();
  if (kept === descriptor.digest) return;
  throw new ImageError(
    "X_IMAGE_DIGEST",
    `cannot ${doing}: ${descriptor.digest} was sent, the registry keeps it as ${JSON.stringify(kept.slice(0, 150))}`,
  );
}

function notItsDigest({ descriptor, doing }: Upload, said: string): ImageError {
  return new ImageError(
    "X_IMAGE_DIGEST",
    `cannot ${doing}: what was sent is not ${descriptor.digest} (${said})`,
    { hint: "The content that is stored here is damaged, or was on its way" },
  );
}
