import { join, relative } from "node:path";
import { defineConfig, type Options } from "tsup";
import base from "../../tsup.base.ts";

const source = join(import.meta.dirname, "src");
const ofSubpath =
  /^(?:lib[/](?:bpf|notify|steps|systemd)[/]|(?:devices|notify|steps|systemd)[.]ts$)/;

/**
 * Every file costs an import a millisecond, so that the main entry is one: what a subpath shares
 * with it, it imports from there rather than from a chunk of its own.
 */
const oneMainFile: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "one-main-file",
  setup(build) {
    build.onResolve({ filter: /^[.]/ }, ({ path, importer, resolveDir }) => {
      const isSubpath = (file: string): boolean => ofSubpath.test(relative(source, file));
      if (!isSubpath(importer) || isSubpath(join(resolveDir, path))) return undefined;
      return { path: "./index.js", external: true };
    });
  },
};

const subpaths = ["devices", "notify", "steps", "systemd"];
const ofSubpaths = Object.fromEntries(subpaths.map((name) => [name, `src/${name}.ts`]));

const config: ReturnType<typeof defineConfig> = defineConfig([
  {
    ...base,
    entry: { index: "src/main.ts" },
    splitting: false,
    dts: false,
    // Both are built at once: each removes what was its own.
    clean: ["!chunk-*", ...subpaths.map((name) => `!${name}.*`)],
  },
  {
    ...base,
    entry: ofSubpaths,
    esbuildPlugins: [oneMainFile],
    dts: {
      entry: { index: "src/index.ts", ...ofSubpaths },
      compilerOptions: { ignoreDeprecations: "6.0" },
    },
    clean: ["!index.*"],
  },
]);

export default config;
