/** Counts and prints checks as they come. */
export interface Checks {
  check(name: string, body: () => Promise<string | undefined>): Promise<void>;
  passed: number;
  failed: number;
}

export function createChecks(print: (line: string) => void, only: string | undefined): Checks {
  const checks: Checks = {
    passed: 0,
    failed: 0,
    async check(name, body) {
      if (only !== undefined && !name.includes(only)) return;
      try {
        const note = await body();
        checks.passed += 1;
        print(`✓ ${name}${note === undefined ? "" : `: ${note}`}`);
      } catch (error) {
        checks.failed += 1;
        print(
          `✗ ${name}\n    ${(error instanceof Error ? (error.stack ?? error.message) : String(error)).replaceAll("\n", "\n    ")}`,
        );
      }
    },
  };
  return checks;
}
