/**
 * - `X_CONTAINER_NOT_FOUND`: no container has this name or id
 * - `X_CONTAINER_NAME`: the name is taken, or is none
 * - `X_CONTAINER_RUNNING`: it still runs
 * - `X_CONTAINER_EPHEMERAL`: it keeps nothing that could be read
 * - `X_CONTAINER_DAMAGED`: what is known of it cannot be read
 * - `X_CONTAINER_EXPORT`: the place to export to is not to be written to
 */
export type ContainerErrorCode =
  | "X_CONTAINER_NOT_FOUND"
  | "X_CONTAINER_NAME"
  | "X_CONTAINER_RUNNING"
  | "X_CONTAINER_EPHEMERAL"
  | "X_CONTAINER_DAMAGED"
  | "X_CONTAINER_EXPORT";

/** A container of the store cannot be had, or not now. */
export class ContainerError extends Error {
  override readonly name = "ContainerError";
  readonly code: ContainerErrorCode;

  constructor(code: ContainerErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
