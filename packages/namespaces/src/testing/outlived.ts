import { clone } from "@x/namespaces";

/** A program that starts a command in new namespaces, tells its pid, and never ends by itself. */
const kinds = JSON.parse(process.argv[2] ?? "[]");
const child = await clone(["sleep", "60"], { namespaces: kinds, stdio: "ignore" });
console.log(child.pid);
await child.exited;
