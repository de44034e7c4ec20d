/** What `npm run demo` shows. */
import { demo } from "./lib/demo.ts";

await demo();
