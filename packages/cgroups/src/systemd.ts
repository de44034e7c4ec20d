/**
 * Groups in a transient scope of systemd, for hosts where the tree is systemd's: needs its program
 * `busctl`, and nothing from npm.
 *
 * @packageDocumentation
 */
export { createScope, type ScopeOptions } from "./lib/systemd/create-scope.ts";
