/** One way in that a server offers. The scheme and the parameters' names are in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const token = String.raw`[\w!#$%&'*+.^\x60|~-]+`;
const schemeAt = new RegExp(String.raw`[\s,]*(${token})(?:[ \t]+|(?=,)|$)`, "y");
const parameterAt = new RegExp(
  String.raw`[\s,]*(${token})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|(${token}))`,
  "sy",
);
const lonelyAt = /[A-Za-z0-9._~+/-]+=*[ \t]*(?=,|$)/y;

/**
 * The challenges of a `WWW-Authenticate` header, several of them in one line too. Ends where the
 * text ceases to make sense. Source: RFC 9110 11.6.1.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  for (let found = take(schemeAt); found !== null; found = take(schemeAt)) {
    const parameters = new Map<string, string>();
    for (let next = take(parameterAt); next !== null; next = take(parameterAt)) {
      const name = next[1]!.toLowerCase();
      // The first of two with one name counts: nobody gets to say it again behind it.
      if (!parameters.has(name)) {
        parameters.set(name, next[2]?.replaceAll(/\\(.)/gs, "$1") ?? next[3]!);
      }
    }
    if (parameters.size === 0) take(lonelyAt);
    challenges.push({
      scheme: found[1]!.toLowerCase(),
      parameters: Object.fromEntries(parameters),
    });
  }
  return challenges;
}

/**
 * What a request may do with which repository, each resource once and with all its actions:
 * `repository:a:pull` and `repository:a:push` are `repository:a:pull,push`. Sorted.
 *
 * Source: https://distribution.github.io/distribution/spec/auth/scope/
 */
export function mergeScopes(scopes: readonly string[]): string[] {
  const actions = new Map<string, Set<string>>();
  for (const scope of scopes.flatMap((text) => text.split(" "))) {
    const last = scope.lastIndexOf(":");
    if (last < 0) continue;
    const resource = scope.slice(0, last);
    const known = actions.get(resource) ?? new Set();
    for (const action of scope.slice(last + 1).split(",")) known.add(action);
    actions.set(resource, known);
  }
  return [...actions]
    .map(([resource, all]) => `${resource}:${[...all].toSorted().join(",")}`)
    .toSorted();
}
