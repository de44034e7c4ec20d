/** Rows below a heading, in columns as wide as their widest cell, as docker prints them. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows.map((row) => row.map(printable))];
  const widths = heading.map((_, i) => Math.max(...all.map((row) => (row[i] ?? "").length)));
  return all
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i]!))
          .join("   ")
          .trimEnd()}\n`,
    )
    .join("");
}

/** A text of others without what a terminal would obey. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (one) => {
    const code = one.codePointAt(0)!.toString(16).padStart(4, "0");
    return `\\u${code}`;
  });
}

/** A value as JSON, in which such characters are written as escapes. */
export function jsonText(value: unknown, indent = 2): string {
  const escaped = (unit: string): string =>
    `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  // A line feed is the layout's: those of strings are escapes already.
  return JSON.stringify(value, null, indent).replace(/(?!\n)[\p{Cc}\p{Cf}]/gu, (one) =>
    one.split("").map(escaped).join(""),
  );
}

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** A number of bytes for a column, in powers of 1000 as docker has it: `12.3MB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))}${UNITS[unit]}`;
}

/** How long ago something was: `3 hours ago`. */
export function agoText(when: string | undefined, now: number = Date.now()): string {
  const then = Date.parse(when ?? "");
  if (Number.isNaN(then)) return "unknown";
  let value = Math.max(0, (now - then) / 1000);
  for (const [size, name] of [
    [60, "second"],
    [60, "minute"],
    [24, "hour"],
    [365, "day"],
    [Infinity, "year"],
  ] as const) {
    if (value < size) {
      const count = Math.floor(value);
      return `${count} ${name}${count === 1 ? "" : "s"} ago`;
    }
    value /= size;
  }
  return "unknown";
}
