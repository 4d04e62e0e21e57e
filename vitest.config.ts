import { availableParallelism } from "node:os";
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
 * No file leaves anything behind, so that one process may run many and load the modules once. Hundreds of random cases
 * take their time where others are at work too: slow is not a failure.
 */
const PURE = { isolate: false, testTimeout: 20_000 };

/** Real sockets, files and processes, which each test opens and closes: modules are loaded once, a third of all the work. */
const SHARED = { isolate: false };

/**
 * Files of processes, which wait for a third of their time: two for each core, and after all the others, for a group has one
 * number of workers.
 */
const MANY_AT_ONCE = { maxWorkers: 2 * availableParallelism(), sequence: { groupOrder: 1 } };

/** Real processes on a machine of two cores: a slow start is not a failure. */
const SLOW_START = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    // All cores: left alone, one is kept free, and of two that is half of the machine.
    maxWorkers: "100%",
    projects: [
      project("unit", PURE),
      project("contract", PURE),
      project("integration", SHARED),
      project("e2e", { ...SHARED, ...SLOW_START, ...MANY_AT_ONCE }),
      // Crowds, races between processes, patterns that take all of a core: each file has the machine to itself.
      project("heavy", { ...SLOW_START, fileParallelism: false }),
      // What is published, as its users get it: packs, installs, compiles, starts.
      project("package", { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false }),
      // Against a real redis-server; skipped with a word where there is none, and failed in CI.
      project("redis", { ...SLOW_START, fileParallelism: false, globalSetup: ["test/redis/global-setup.ts"] }),
      project("faults", { testTimeout: 600_000, hookTimeout: 120_000, fileParallelism: false }),
    ],
  },
});
