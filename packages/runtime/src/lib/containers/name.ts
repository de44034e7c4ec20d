import { randomBytes, randomInt } from "node:crypto";
import { ContainerError } from "./error.ts";

const qualities =
  "amber brave calm deep early fair green idle keen late mild neat odd quick rare".split(" ");
const things =
  "anchor basin crane deck ferry gantry harbor island jetty keel ladle mast oar pier raft".split(
    " ",
  );

/** An id that no other container has: 64 hexadecimal digits, of which twelve are shown. */
export function newId(): string {
  return randomBytes(32).toString("hex");
}

/** The part of an id that people see. */
export function shortId(id: string): string {
  return id.slice(0, 12);
}

/** A name for a container that was given none. */
export function newName(): string {
  const [quality, thing] = [qualities, things].map((words) => words[randomInt(words.length)]);
  return `${quality}-${thing}-${randomBytes(2).toString("hex")}`;
}

/** Refuses what cannot be a name with `X_CONTAINER_NAME`. */
export function checkName(name: string): void {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/.test(name)) return;
  const message = `${JSON.stringify(name)} is no name for a container: letters, digits, and _ . - after the first`;
  throw new ContainerError("X_CONTAINER_NAME", message);
}
