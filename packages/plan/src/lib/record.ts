/** Bytes of one record on the channel. */
export const RECORD_BYTES = 48;

/** How the launcher speaks to the Node process: records of one size, offsets in bytes. */
export const RECORD = {
  /** u32: one of {@link RECORD.kinds} */
  kind: 0,
  /** u32: the act that speaks, from 1 */
  index: 4,
  /** i64: what is reported; for a failure the negative error number */
  value: 8,
  /** two `struct timespec` of CLOCK_MONOTONIC: when a traced act began and ended */
  start: 16,
  end: 32,
  kinds: { report: 1, failed: 2, unexpected: 3, ready: 4, trace: 5, ask: 6, waits: 7 },
} as const;

/** A record, read. */
export interface ChannelRecord {
  readonly kind: keyof typeof RECORD.kinds;
  readonly index: number;
  readonly value: number;
  /** Nanoseconds of CLOCK_MONOTONIC. */
  readonly start: bigint;
  readonly end: bigint;
}

const names = Object.fromEntries(
  Object.entries(RECORD.kinds).map(([name, kind]) => [kind, name]),
) as { readonly [kind: number]: ChannelRecord["kind"] | undefined };

/** The record in the first 48 bytes of `bytes`. Throws a RangeError on a kind nobody writes. */
export function decodeRecord(bytes: Uint8Array): ChannelRecord {
  const view = new DataView(bytes.buffer, bytes.byteOffset, RECORD_BYTES);
  const kind = names[view.getUint32(RECORD.kind, true)];
  if (kind === undefined) throw new RangeError("the launcher sent a record of an unknown kind");
  const time = (offset: number): bigint =>
    view.getBigInt64(offset, true) * 1_000_000_000n + view.getBigInt64(offset + 8, true);
  return {
    kind,
    index: view.getUint32(RECORD.index, true),
    value: Number(view.getBigInt64(RECORD.value, true)),
    start: time(RECORD.start),
    end: time(RECORD.end),
  };
}
