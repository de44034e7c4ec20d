import { mountUnion, type UnionOptions } from "../lib/mount-union.ts";

/** Mounts the union that its argument describes, says so, and waits to be killed. */
const union = await mountUnion(JSON.parse(process.argv[2]!) as UnionOptions);
console.log(union.driver);
setInterval(() => {}, 1000);
