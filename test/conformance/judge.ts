import type { ExpectedFailure, Revision, Scenario, ServerKind } from "./scenarios.ts";

/** One check as the suite reports it. */
export interface Check {
  id: string;
  status: "SUCCESS" | "FAILURE" | "WARNING" | "SKIPPED" | "INFO";
  errorMessage?: string | undefined;
}

/** One run of a requirement set against one server, by scenario. */
export interface Run {
  server: ServerKind;
  revision: Revision;
  /** Every scenario of the set. */
  required: readonly string[];
  results: ReadonlyMap<string, readonly Check[]>;
}

export interface Verdict {
  scenario: string;
  outcome: "passed" | "failed" | "not asked";
  /** Checks that passed. */
  passed: number;
  /** What is wrong, one sentence each. */
  problems: string[];
}

/**
 * Judges one run. Stricter than the suite: a warning counts like a failure, a scenario that is not in the list is an
 * error, and so is a failure that was expected and did not come.
 */
export function judge(
  { server, revision, required, results }: Run,
  scenarios: Readonly<Record<string, Scenario>>,
  expected: readonly ExpectedFailure[],
): Verdict[] {
  return [...new Set([...required, ...results.keys()])].sort().map((scenario) => {
    const checks = results.get(scenario) ?? [];
    const listed = scenarios[scenario];
    const passed = checks.filter(({ status }) => status === "SUCCESS").length;
    if (listed === undefined) {
      return { scenario, outcome: "failed", passed, problems: ["is not in the list of scenarios"] };
    }
    if (!listed.on.includes(server)) return { scenario, outcome: "not asked", passed, problems: [] };
    const excused = new Map<string, string>(
      expected
        .filter((one) => one.server === server && one.revision === revision && one.scenario === scenario)
        .map(({ check, why }) => [check, why]),
    );
    if (server === "real") for (const check of listed.fixtureChecks ?? []) excused.set(check, "needs fixture tools");
    const failing = checks.filter(({ status }) => status === "FAILURE" || status === "WARNING");
    const failingIds = new Set(failing.map(({ id }) => id));
    const problems = [
      ...failing
        .filter(({ id }) => !excused.has(id))
        .map(({ id, status, errorMessage = "no reason given" }) => `${id}: ${status}: ${errorMessage}`),
      ...[...excused.keys()].filter((id) => !failingIds.has(id)).map((id) => `${id}: was expected to fail and did not`),
      ...(checks.length === 0 ? ["no check was made"] : []),
    ];
    return { scenario, outcome: problems.length === 0 ? "passed" : "failed", passed, problems };
  });
}

/** What is in the list and in no set that was run: scenarios that the suite no longer has. */
export function findUnrequired(runs: readonly Run[], scenarios: Readonly<Record<string, Scenario>>): string[] {
  const required = new Set(runs.flatMap((run) => run.required));
  return Object.keys(scenarios).filter((scenario) => !required.has(scenario));
}
