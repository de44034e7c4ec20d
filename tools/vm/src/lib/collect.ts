import type { Readable, Writable } from "node:stream";

export interface Collected {
  /** What came from the stream of this index, or from all in the order of arrival. */
  text(index?: number): string;
}

/** Keeps what streams bring, and passes it on to the writable beside each, if any. */
export function collect(
  ...streams: readonly (readonly [Readable, (Writable | undefined)?])[]
): Collected {
  const chunks: { index: number; chunk: Buffer }[] = [];
  streams.forEach(([stream, passOn], index) => {
    stream.on("data", (chunk: Buffer) => chunks.push({ index, chunk }));
    if (passOn !== undefined) {
      stream.pipe(passOn, { end: false });
    }
  });
  return {
    text: (wanted) =>
      Buffer.concat(
        chunks.flatMap(({ index, chunk }) =>
          wanted === undefined || wanted === index ? chunk : [],
        ),
      ).toString(),
  };
}
