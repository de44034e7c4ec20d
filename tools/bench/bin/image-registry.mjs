/**
 * A registry with images, in the folder that is given before their names: a line of JSON on its
 * standard output when it can be asked, and it ends with its standard input. Needs `--conditions=source`.
 */
import { register } from "tsx/esm/api";

register();
const { serve } = await import("../src/lib/images/serve.ts");
const [folder, ...images] = process.argv.slice(2);
const { served, registry } = await serve(folder, images);
process.stdin.resume().once("end", () => registry[Symbol.asyncDispose]());
console.log(JSON.stringify(served));
