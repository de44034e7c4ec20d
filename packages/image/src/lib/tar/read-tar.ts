import type { TarHeader } from "./entry.ts";
import type { TarLimits } from "./limits.ts";
import { TarParser, type TarEvent } from "./reader.ts";

/** One entry of an archive and its content. */
export interface TarEntry {
  readonly header: TarHeader;
  /** To be read before the next entry is asked for, or it is skipped. Of sparse files the parts. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** How {@link readTar} reads. */
export interface ReadTarOptions {
  /** Other limits than the default ones. */
  readonly limits?: Partial<TarLimits>;
}

/**
 * The entries of an archive as it comes in; see {@link TarParser} for what it may hold.
 * Throws `X_IMAGE_ARCHIVE`, `X_IMAGE_LIMIT`.
 *
 * @yields each entry in the order of the archive
 */
export async function* readTar(
  chunks: AsyncIterable<Uint8Array>,
  options: ReadTarOptions = {},
): AsyncGenerator<TarEntry, void> {
  const events = eventsOf(chunks, new TarParser(options.limits));
  try {
    for (;;) {
      const { done, value } = await events.next();
      if (done === true) return;
      if (value.kind !== "entry") continue;
      const state = { over: false };
      yield { header: value.header, content: contentOf(events, state) };
      state.over = true;
    }
  } finally {
    await events.return();
  }
}

async function* eventsOf(
  chunks: AsyncIterable<Uint8Array>,
  parser: TarParser,
): AsyncGenerator<TarEvent, void> {
  for await (const chunk of chunks) yield* parser.push(chunk);
  parser.end();
}

async function* contentOf(
  events: AsyncGenerator<TarEvent, void>,
  state: { over: boolean },
): AsyncGenerator<Uint8Array, void> {
  while (!state.over) {
    const { done, value } = await events.next();
    if (done === true) return;
    if (value.kind === "data") yield value.bytes;
    else state.over = true;
  }
}
