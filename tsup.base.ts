import { defineConfig } from "tsup";

/**
 * How every package is built: each top-level file of `src/` is an entry, as ESM with declarations.
 * What `package.json` names as a dependency (koffi among them) stays an import.
 */
const config: ReturnType<typeof defineConfig> = defineConfig({
  entry: ["src/*.ts", "!src/*.test.ts"],
  format: "esm",
  platform: "node",
  target: "node20",
  sourcemap: true,
  clean: true,
  // tsup sets `baseUrl` itself, which TypeScript 6 deprecates.
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
});

export default config;
