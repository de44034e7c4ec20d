import { pendingSignals, reaped, type Act } from "../act.ts";
import type { FieldValue, Value } from "../value.ts";

/**
 * Which slot of memory each result lives in. A slot is used again once the last act that reads its
 * result is past; acts are numbered depth first, so what a parent still needs after a fork outlives
 * all that its child does.
 */
export function assignSlots(acts: readonly Act[]): ReadonlyMap<string, number> {
  const lives = new Map<string, { readonly first: number; last: number }>();
  for (const act of acts) {
    visitNames(act, (name) => {
      const life = lives.get(name);
      if (life === undefined) lives.set(name, { first: act.index, last: act.index });
      else life.last = act.index;
    });
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

/** The names of the results that an act makes or reads. */
function visitNames(act: Act, visit: (name: string) => void): void {
  switch (act.kind) {
    case "call":
      for (const value of act.call.args) visitValue(value, visit);
      if (act.call.as !== undefined) visit(act.call.as);
      return;
    case "fork":
      visitValue(act.fork.args, visit);
      return visit(act.fork.as);
    case "report":
      return visit(act.report.value.result);
    case "waits":
      return visit(act.pid.result);
    case "wait":
      return visit(act.wait.pid.result);
    case "pass":
      visit(act.reap.pid.result);
      if (act.reap.listener !== undefined) {
        visit(act.reap.listener.result);
        visit(pendingSignals);
      }
      return visit(reaped);
    case "ready":
    case "ask":
    case "execve":
      return;
  }
}

function visitValue(value: Value | FieldValue, visit: (name: string) => void): void {
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return;
  if ("result" in value) return visit(value.result);
  if ("text" in value) for (const part of value.text) visitValue(part, visit);
  else if ("struct" in value) {
    for (const field of Object.values(value.fields)) visitValue(field, visit);
  }
}
