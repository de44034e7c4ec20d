import { ImageError } from "../error.ts";
import type { Descriptor } from "../spec/types.ts";
import type { BlobContent } from "../transport/transport.ts";
import type { RegistryClient } from "./client.ts";
import { rangeOf } from "./content-range.ts";
import type { Answer } from "./exchange.ts";
import { isPassing, networkError } from "./network-error.ts";
import { pause } from "./pause.ts";
import type { Repository } from "./repository.ts";
import { backOff } from "./retry.ts";

/** What a blob is pulled for. */
export interface Download {
  readonly descriptor: Descriptor;
  readonly doing: string;
  /** The first byte that is wanted. */
  readonly offset: number;
  readonly signal?: AbortSignal | undefined;
}

/** How often one download is taken up again, as long as each time brought something. */
const mostResumes = 50;

/** How often in a row it may bring nothing. */
const mostIdle = 3;

/**
 * Begins to download a blob. Its chunks go on over broken connections, each time from where the
 * last one broke, and end after exactly the descriptor's bytes. They reject with `X_IMAGE_SIZE`
 * where there are more or fewer, and with `X_IMAGE_REGISTRY` where there is no going on.
 */
export async function downloadBlob(
  repository: Repository,
  download: Download,
): Promise<BlobContent> {
  const { descriptor, offset } = download;
  if (offset === descriptor.size) return { start: offset, chunks: nothing() };
  const open: Open = async (from) =>
    repository.first(async (client) => openAt(client, download, from), download.signal);
  const first = await open(offset);
  const { delay } = repository.own.policy;
  return { start: first.start, chunks: resume(open, delay, download, first) };
}

interface Opened {
  readonly answer: Answer;
  readonly start: number;
}

/** Opens the blob at a byte, anew and wherever it can be had. */
type Open = (from: number) => Promise<Opened>;

async function openAt(client: RegistryClient, download: Download, from: number): Promise<Opened> {
  const { descriptor, doing, signal } = download;
  const { repository, registry } = client.endpoint;
  const question = {
    method: "GET",
    at: `${repository}/blobs/${descriptor.digest}`,
    doing,
    scopes: [`repository:${repository}:pull`],
    signal,
  } as const;
  const ranged = { ...question, headers: { range: `bytes=${from}-` }, expect: [200, 206, 416] };
  let answer = await client.ask(from === 0 ? { ...question, expect: [200] } : ranged);
  if (answer.status === 416) {
    // There may be nothing behind it, or it cannot do ranges: the whole blob will tell.
    await answer.discard();
    answer = await client.ask({ ...question, expect: [200] });
  }
  try {
    const { start, total } = rangeOf(answer.status, answer.headers);
    if (total !== undefined && total !== descriptor.size) {
      throw wrongSize(download, `${registry} has ${total} bytes of it`);
    }
    if (start === undefined || start > from) {
      const what = `answered with another part than the one from byte ${from} on`;
      throw new ImageError("X_IMAGE_REGISTRY", `cannot ${doing}: ${answer.url.host} ${what}`);
    }
    return { answer, start };
  } catch (error) {
    await answer.discard();
    throw error;
  }
}

async function* resume(
  open: Open,
  delay: number,
  download: Download,
  first: Opened,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { descriptor, doing, signal } = download;
  let at = first.start;
  let opened = first;
  for (let resumes = 0, idle = 0; ; resumes += 1) {
    const before = at;
    let failure: unknown;
    try {
      let skip = at - opened.start;
      for await (const chunk of opened.answer.chunks) {
        const fresh = chunk.subarray(Math.min(skip, chunk.length));
        skip -= chunk.length - fresh.length;
        if (at + fresh.length > descriptor.size) throw wrongSize(download, "more than that came");
        at += fresh.length;
        if (fresh.length > 0) yield fresh;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!isPassing(error)) throw networkError(error, doing, opened.answer.url);
      failure = error;
    }
    if (at === descriptor.size) return;
    idle = at > before ? 0 : idle + 1;
    if (idle >= mostIdle || resumes >= mostResumes) {
      throw failure === undefined
        ? wrongSize(download, `no more than ${at} came`)
        : networkError(failure, doing, opened.answer.url);
    }
    await pause(backOff(idle, delay, Math.random()), signal);
    opened = await open(at);
  }
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {}

function wrongSize({ descriptor, doing }: Download, what: string): ImageError {
  const message = `cannot ${doing}: ${descriptor.digest} should be ${descriptor.size} bytes, ${what}`;
  return new ImageError("X_IMAGE_SIZE", message, {
    hint: "The manifest is wrong about it, or the registry's storage is damaged",
  });
}
