import { openStore } from "@x/image";
import { describeContainer } from "../containers/describe-container.ts";
import { findImage } from "../image/find.ts";
import type { Sandbox } from "../sandbox.ts";
import { describe, describeImageOptions } from "./describe.ts";
import { interruptible } from "./interrupt.ts";
import type { Invocation } from "./invocation.ts";

/**
 * The container that a command line describes, to be looked at and not to be run: of an image that
 * is here, one that writes into memory.
 */
export async function sandboxOf(invocation: Invocation): Promise<Sandbox> {
  const sandbox = describe(invocation);
  if (sandbox !== undefined) return sandbox;
  const [image = "", ...program] = invocation.words;
  using work = interruptible();
  const store = await openStore();
  const { descriptor } = await findImage(store, image, { must: true });
  const options = { ...describeImageOptions(program, invocation.flags), signal: work.signal };
  const { described } = await describeContainer(store, descriptor, options, (lower) => ({ lower }));
  return described.sandbox;
}
