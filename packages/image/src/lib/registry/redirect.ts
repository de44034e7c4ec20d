import { ImageError } from "../error.ts";
import { isLoopback } from "./endpoint.ts";

/**
 * Where an answer's `Location` leads. Throws `X_IMAGE_REGISTRY` for what is followed by nobody:
 * no http at all, from https to http, and from loopback's plain http to that of another machine
 * unless plain http was asked for.
 */
export function followLocation(from: URL, location: string, plainHttp = false): URL {
  const refuse = (why: string): ImageError =>
    new ImageError("X_IMAGE_REGISTRY", `${from.host} sends on to ${shown(location)}, ${why}`, {
      hint: "Nothing was sent there",
    });
  let to: URL;
  try {
    to = new URL(location, from);
  } catch {
    throw refuse("which is no address");
  }
  // Whoever answers does not get to say who we are.
  to.username = "";
  to.password = "";
  to.hash = "";
  if (to.protocol === "https:") return to;
  if (to.protocol !== "http:") throw refuse("which is neither https nor http");
  if (from.protocol === "https:") throw refuse("which is no longer encrypted");
  if (!plainHttp && !isLoopback(to.hostname)) {
    throw refuse("which is another machine, in plain http");
  }
  return to;
}

/**
 * Whether a secret that was meant for one address may go to another: only to the same scheme,
 * host and port.
 */
export function mayFollow(secretFor: URL, to: URL): boolean {
  return secretFor.origin === to.origin;
}

/**
 * Whether a password may be sent to a token server: over https to any that the registry names, in
 * plain http only to the registry's own host, or from one loopback server to another.
 */
export function mayGetPassword(registry: URL, realm: URL): boolean {
  if (realm.protocol === "https:") return true;
  if (realm.protocol !== "http:" || registry.protocol !== "http:") return false;
  return (
    realm.hostname === registry.hostname ||
    (isLoopback(realm.hostname) && isLoopback(registry.hostname))
  );
}

function shown(location: string): string {
  const path = location.split("?", 1)[0]!;
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path);
}
