/**
 * @packageDocumentation
 */
export { readThrough } from "./lib/read-through.ts";
