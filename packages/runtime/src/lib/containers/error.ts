/**
 * - `X_CONTAINER_NOT_FOUND`: no container has this name or id
 * - `X_CONTAINER_NAME`: the name is taken, or is none
 * - `X_CONTAINER_RUNNING`: it still runs
 */
export type ContainerErrorCode =
  | "X_CONTAINER_NOT_FOUND"
  | "X_CONTAINER_NAME"
  | "X_CONTAINER_RUNNING";

/** A container of the store cannot be had, or not now. */
export class ContainerError extends Error {
  override readonly name = "ContainerError";
  readonly code: ContainerErrorCode;

  constructor(code: ContainerErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
