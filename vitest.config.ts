import { defineConfig } from "vitest/config";

const folders = ["packages/*/src", "tools/*", "examples/*"];
const never = ["**/node_modules/**", "**/dist/**"];
const leaks = "tools/repo/leaks/setup.ts";

const files = (suffix: string): string[] => folders.map((folder) => `${folder}/**/*${suffix}`);

/**
 * The rings: `pure` runs on any machine, `kernel` asks this one's, `machines` boots others.
 * Tests resolve packages to their sources and need no build, except where they test what was built.
 */
const config: ReturnType<typeof defineConfig> = defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    // Namespaces belong to a thread or a process: a test file gets a process of its own.
    pool: "forks",
    projects: [
      {
        extends: true,
        test: {
          name: "pure",
          include: files(".test.ts"),
          exclude: [...never, ...files(".kernel.test.ts"), ...files(".machines.test.ts")],
          globalSetup: leaks,
        },
      },
      {
        extends: true,
        test: {
          name: "kernel",
          include: files(".kernel.test.ts"),
          exclude: never,
          globalSetup: leaks,
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "machines",
          include: files(".machines.test.ts"),
          exclude: never,
          globalSetup: leaks,
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});

export default config;
