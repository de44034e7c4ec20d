/**
 * @packageDocumentation
 */
export { ImageError } from "./lib/error.ts";
