/**
 * A registry with the images that are pulled, in the folder that is given: a line of JSON on its
 * standard output when it can be asked, and it ends with its standard input. Needs `--conditions=source`.
 */
import { register } from "tsx/esm/api";

register();
const { serve } = await import("../src/lib/images/serve.ts");
const { served, registry } = await serve(process.argv[2]);
process.stdin.resume().once("end", () => registry[Symbol.asyncDispose]());
console.log(JSON.stringify(served));
