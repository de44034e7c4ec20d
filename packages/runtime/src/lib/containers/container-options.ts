import type { WorkOptions } from "@x/image";
import type { CommandOverrides } from "../image/command.ts";
import type { Sandbox } from "../sandbox.ts";

/** What a container of an image is to be besides what the image says. */
export interface ContainerOptions
  extends Omit<Sandbox, "root" | "args" | "user">, CommandOverrides, WorkOptions {
  /** `USER[:GROUP]`, by name or number, instead of the image's. */
  readonly user?: string;
  /** By which it is known; made up unless given. */
  readonly name?: string;
  /** What SIGTERM is meant to become, instead of the image's. */
  readonly stopSignal?: string;
  /** What it writes is in memory, and nothing of it is kept. */
  readonly ephemeral?: boolean;
  /** The name to note for the image; its digest unless given. */
  readonly image?: string;
}
