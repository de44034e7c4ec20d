import { isAbsolute, join } from "node:path";

/** What decides where the store is. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's number; undefined where there are none. */
  readonly uid: number | undefined;
  /** The user's home directory. */
  readonly home: string;
}

/**
 * Where the store is unless it is said: what `X_STORE` says, else `/var/lib/x` for root and
 * `x` in `$XDG_DATA_HOME` (`~/.local/share`) for others. Source: XDG Base Directory Specification,
 * which has relative paths ignored.
 */
export function defaultStorePath({ env, uid, home }: Surroundings): string {
  const own = env["X_STORE"];
  if (own !== undefined && own !== "") return own;
  if (uid === 0) return "/var/lib/x";
  const data = env["XDG_DATA_HOME"];
  const base = data !== undefined && isAbsolute(data) ? data : join(home, ".local", "share");
  return join(base, "x");
}
