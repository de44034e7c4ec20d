import { defineConfig } from "vitest/config";

const everywhere = ["packages/*/src", "tools/*", "examples/*"];

const tests = (suffix: string): string[] => everywhere.map((folder) => `${folder}/**/*${suffix}`);

/** Two rings: `pure` runs on any machine, `kernel` asks this one's. No build is needed for either. */
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
          include: tests(".test.ts"),
          exclude: ["**/node_modules/**", "**/dist/**", ...tests(".kernel.test.ts"), ...tests(".machines.test.ts")],
        },
      },
      {
        extends: true,
        test: {
          name: "kernel",
          include: tests(".kernel.test.ts"),
          exclude: ["**/node_modules/**", "**/dist/**"],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});

export default config;
