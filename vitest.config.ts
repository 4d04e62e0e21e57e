import { defineConfig } from "vitest/config";

const project = (
  name: string,
  { globalSetup = [], ...more }: { globalSetup?: string[]; [option: string]: unknown } = {},
) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    globalSetup: ["test/support/temp-root.ts", ...globalSetup],
    ...more,
  },
});

/**
 * No file leaves anything behind, and each test opens and closes its own sockets, files and processes: one process may run
 * many files, and loads the modules once, a third of all the work.
 */
const SHARED = { isolate: false };

/** Hundreds of random cases, real processes, a machine at which others are at work too: slow is not a failure. */
const SLOW = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    // All cores: left alone, one is kept free, and of two that is half of the machine.
    maxWorkers: "100%",
    projects: [
      project("unit", { ...SHARED, ...SLOW }),
      project("contract", { ...SHARED, ...SLOW }),
      project("integration", { ...SHARED, ...SLOW }),
      project("e2e", { ...SHARED, ...SLOW }),
      // Crowds, races between processes, patterns that take all of a core: each file has the machine to itself.
      project("heavy", { ...SLOW, fileParallelism: false }),
      // What is published, as its users get it: packs, installs, compiles, starts.
      project("package", { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false }),
      // Against a real redis-server; skipped with a word where there is none, and failed in CI.
      project("redis", { ...SLOW, fileParallelism: false, globalSetup: ["test/redis/global-setup.ts"] }),
      project("faults", { testTimeout: 600_000, hookTimeout: 120_000, fileParallelism: false }),
    ],
  },
});
