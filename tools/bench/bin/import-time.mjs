/** Prints how many milliseconds the import of @x/cgroups takes in a program that has done nothing yet. */
const begin = performance.now();
await import("@x/cgroups");
console.log(performance.now() - begin);
