const units = ["b", "k", "m", "g", "t"] as const;
const names = ["bytes", "KiB", "MiB", "GiB", "TiB"] as const;

/** Bytes of a size as docker writes it: `512m`, `1.5g`, `64MiB`, each a power of 1024. */
export function sizeOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([bkmgt])?(?:i?b)?$/i.exec(text);
  if (match === null) return undefined;
  const power = units.indexOf((match[2]?.toLowerCase() ?? "b") as (typeof units)[number]);
  const bytes = Math.floor(Number(match[1]) * 1024 ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Bytes as people say them: `32 MiB`, and in a smaller unit when that is not exact. */
export function sizeText(bytes: number): string {
  const power = names.findLastIndex((_, i) => i === 0 || (bytes / 1024 ** i) % 0.25 === 0);
  const unit = bytes === 0 ? 0 : power;
  return `${bytes / 1024 ** unit} ${names[unit]}`;
}
