import { SandboxError } from "../error.ts";

/** Who a container of an image runs as, found in its own `/etc/passwd` and `/etc/group`. */
export interface ImageUser {
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids: readonly number[];
  readonly home: string;
}

/** The texts of a root's `/etc/passwd` and `/etc/group`; empty where a root has none. */
export interface UserDatabase {
  readonly passwd: string;
  readonly group: string;
}

const MAX_ID = 0xfffffffe;

/**
 * Resolves `user`, `uid`, `user:group`, `uid:gid` and so on, as the `User` of an image's
 * configuration has it. A number needs no entry; a name does. The groups that `/etc/group` gives a
 * user come along unless a group is named. Throws `SandboxError` for names that are not there.
 * Source: OCI config.md, `User`; passwd(5), group(5).
 */
export function resolveUser(text: string, { passwd, group }: UserDatabase): ImageUser {
  const [who = "", which, ...rest] = text.split(":");
  if (rest.length > 0 || which === "") {
    throw new SandboxError("user", `${JSON.stringify(text)} is not USER or USER:GROUP`);
  }
  const users = entriesOf(passwd, 7);
  const groups = entriesOf(group, 4);
  const wanted = who === "" ? "0" : who;
  const entry = users.find(([name]) => name === wanted) ?? byNumber(users, wanted);
  const uid = entry === undefined ? idOf(wanted) : idOf(entry[2]!);
  if (uid === undefined) {
    throw new SandboxError("user", missing("user", wanted, "/etc/passwd", users));
  }
  const home = entry?.[5] || "/";
  if (which !== undefined) {
    const found = groups.find(([name]) => name === which);
    const gid = found === undefined ? idOf(which) : idOf(found[2]!);
    if (gid === undefined) {
      throw new SandboxError("user", missing("group", which, "/etc/group", groups));
    }
    return { uid, gid, additionalGids: [], home };
  }
  const gid = (entry === undefined ? undefined : idOf(entry[3]!)) ?? 0;
  const additionalGids = groups
    .filter(([, , , members]) => entry !== undefined && members!.split(",").includes(entry[0]!))
    .flatMap(([, , id]) => idOf(id!) ?? [])
    .filter((id) => id !== gid);
  return { uid, gid, additionalGids: [...new Set(additionalGids)], home };
}

/** The lines of a database that have as many fields as they should. */
function entriesOf(text: string, fields: number): string[][] {
  return text
    .split("\n")
    .map((line) => line.trim().split(":"))
    .filter((entry) => entry.length >= fields && idOf(entry[2]!) !== undefined);
}

function byNumber(entries: readonly string[][], text: string): string[] | undefined {
  const id = idOf(text);
  return id === undefined ? undefined : entries.find((entry) => idOf(entry[2]!) === id);
}

function idOf(text: string): number | undefined {
  const id = /^\d{1,10}$/.test(text) ? Number(text) : MAX_ID + 1;
  return id <= MAX_ID ? id : undefined;
}

function missing(kind: string, name: string, file: string, entries: readonly string[][]): string {
  const names = entries.slice(0, 10).map(([one]) => one);
  const known = names.length === 0 ? "it has none" : `it has ${names.join(", ")}`;
  return `the image's ${file} has no ${kind} ${JSON.stringify(name)}; ${known}`;
}
