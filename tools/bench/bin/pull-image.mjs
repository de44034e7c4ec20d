/** Pulls an image into a store by what `@x/image` exports, in a program that has done nothing yet. */
import { openStore, pull } from "@x/image";

const [path, reference] = process.argv.slice(2);
await pull(await openStore({ path }), reference);
