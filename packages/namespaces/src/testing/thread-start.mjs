// Node 20 gives a worker thread none of the loaders of the process: it registers its own.
import { register } from "tsx/esm/api";

register();
await import("./thread-calls.ts");
