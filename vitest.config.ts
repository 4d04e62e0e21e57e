import { defineConfig } from "vitest/config";

const project = (name: string, more: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], ...more },
});

export default defineConfig({
  test: {
    projects: [
      project("unit"),
      project("contract"),
      project("integration"),
      // Real processes on a machine of two cores: a slow start is not a failure.
      project("e2e", { testTimeout: 60_000, hookTimeout: 60_000 }),
      // What is published, as its users get it: packs, installs, compiles, starts.
      project("package", { testTimeout: 120_000, hookTimeout: 120_000 }),
      // Against a real redis-server; skipped with a word where there is none, and failed in CI.
      project("redis", { testTimeout: 60_000, hookTimeout: 60_000, globalSetup: ["test/redis/global-setup.ts"] }),
      project("faults", { testTimeout: 600_000, hookTimeout: 120_000 }),
    ],
  },
});
