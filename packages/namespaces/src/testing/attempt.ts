import { clone, rootlessIdMappings, type CloneOptions } from "@x/namespaces";
import { children, descriptors } from "./left-behind.ts";
import { outcome } from "./outcome.ts";

/**
 * A program that clones as it is told by its arguments, and prints as JSON how that went:
 * `attempt.ts '{"namespaces":["user"]}' 'id -u' rootless`.
 */
const [options = "{}", script = "true", rootless] = process.argv.slice(2);
const wanted = JSON.parse(options) as CloneOptions;

// The loader of this program has a child of its own.
const before = { children: children(), descriptors: descriptors() };
console.log(JSON.stringify(await attempt()));

async function attempt(): Promise<unknown> {
  try {
    const maps = rootless === "rootless" ? rootlessIdMappings() : {};
    return await outcome(await clone(["sh", "-c", script], { ...wanted, ...maps }));
  } catch (error) {
    const { name, code, field, message } = error as Error & Record<string, unknown>;
    const left = {
      children: children().filter((pid) => !before.children.includes(pid)),
      descriptors: descriptors().filter((open) => !before.descriptors.includes(open)),
    };
    return { name, code, field, message, left };
  }
}
