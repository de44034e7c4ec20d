/**
 * @packageDocumentation
 */
export { ImageError } from "./lib/error.ts";

// Registries: names of images, pulling from and pushing to where they are kept.
export {
  formatReference,
  parseReference,
  parseRegistry,
  type Reference,
} from "./lib/registry/reference.ts";
