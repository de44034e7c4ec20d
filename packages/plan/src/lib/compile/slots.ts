import { flatten, pendingSignals, reaped, type Act } from "../act.ts";
import type { FieldValue, Value } from "../value.ts";

/**
 * Which slot of memory each result lives in. A slot is used again once the last act that reads its
 * result is past; acts are numbered depth first, so what a parent still needs after a fork outlives
 * all that its child does.
 */
export function assignSlots(acts: readonly Act[]): ReadonlyMap<string, number> {
  const lives = new Map<string, { first: number; last: number }>();
  for (const act of flatten(acts)) {
    for (const name of namesIn(act)) {
      const life = lives.get(name) ?? { first: act.index, last: act.index };
      lives.set(name, { first: life.first, last: act.index });
    }
  }
  const slots = new Map<string, number>();
  /** When the slot becomes free. */
  const taken: number[] = [];
  for (const [name, { first, last }] of lives) {
    const free = taken.findIndex((until) => until < first);
    const slot = free === -1 ? taken.length : free;
    taken[slot] = last;
    slots.set(name, slot);
  }
  return slots;
}

function namesIn(act: Act): string[] {
  switch (act.kind) {
    case "call":
      return [...act.call.args.flatMap(names), ...(act.call.as === undefined ? [] : [act.call.as])];
    case "fork":
      return [...names(act.fork.args), act.fork.as];
    case "report":
      return names(act.report.value);
    case "waits":
      return names(act.pid);
    case "wait":
      return names(act.wait.pid);
    case "pass": {
      const { pid, listener } = act.reap;
      return [
        ...names(pid),
        ...(listener === undefined ? [] : [listener.result, pendingSignals]),
        reaped,
      ];
    }
    case "ready":
    case "ask":
    case "execve":
      return [];
  }
}

function names(value: Value | FieldValue): string[] {
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return [];
  if ("result" in value) return [value.result];
  if ("text" in value) return value.text.flatMap(names);
  if ("struct" in value) return Object.values(value.fields).flatMap(names);
  return [];
}
