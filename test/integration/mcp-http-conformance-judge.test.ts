import { describe, expect, it } from "vitest";
import { type Check, findUnrequired, judge, type Run } from "../conformance/judge.ts";
import { EXPECTED_FAILURES, SCENARIOS, type Scenario } from "../conformance/scenarios.ts";

const LIST: Record<string, Scenario> = {
  both: { on: ["real", "fixture"], fixtureChecks: ["tool"] },
  tool: { on: ["fixture"], why: "calls a tool" },
};

const runOf = (server: Run["server"], results: Record<string, Check[]>, required = Object.keys(results)): Run => ({
  server,
  revision: "2026-07-28",
  required,
  results: new Map(Object.entries(results)),
});

const outcomes = (run: Run, expected = EXPECTED_FAILURES) =>
  Object.fromEntries(judge(run, LIST, expected).map(({ scenario, outcome }) => [scenario, outcome]));

const ok = (id: string): Check => ({ id, status: "SUCCESS" });
const bad = (id: string, status: Check["status"] = "FAILURE"): Check => ({ id, status });

describe("the verdict on a run of the conformance suite", () => {
  it("is good when every check is, and bad for a warning as for a failure", () => {
    expect(outcomes(runOf("fixture", { both: [ok("a")], tool: [ok("b"), bad("c", "SKIPPED")] }))).toEqual({
      both: "passed",
      tool: "passed",
    });
    expect(outcomes(runOf("fixture", { both: [ok("a"), bad("b", "WARNING")], tool: [bad("c")] }))).toEqual({
      both: "failed",
      tool: "failed",
    });
  });

  it("does not ask the real server for fixture tools, but minds when it passes what it cannot", () => {
    expect(outcomes(runOf("real", { both: [ok("a"), bad("tool")], tool: [bad("b")] }))).toEqual({
      both: "passed",
      tool: "not asked",
    });
    expect(outcomes(runOf("real", { both: [ok("a"), ok("tool")] }))).toEqual({ both: "failed" });
    expect(outcomes(runOf("fixture", { both: [ok("a"), bad("tool")] }))).toEqual({ both: "failed" });
  });

  it("is bad for a scenario that is new, made no check, or did not run", () => {
    expect(outcomes(runOf("fixture", { both: [], fresh: [ok("a")] }, ["both", "tool"]))).toEqual({
      both: "failed",
      fresh: "failed",
      tool: "failed",
    });
  });

  it("excuses an expected failure, on that server and revision alone, and minds when it does not come", () => {
    const expected = [
      { server: "fixture", revision: "2026-07-28", scenario: "both", check: "a", why: "known" },
    ] as const;
    expect(outcomes(runOf("fixture", { both: [bad("a"), ok("b")] }), expected)).toEqual({ both: "passed" });
    expect(outcomes(runOf("fixture", { both: [bad("a"), bad("b")] }), expected)).toEqual({ both: "failed" });
    expect(outcomes(runOf("fixture", { both: [ok("a"), ok("b")] }), expected)).toEqual({ both: "failed" });
    const older = { ...runOf("fixture", { both: [bad("a")] }), revision: "2025-11-25" as const };
    expect(outcomes(older, expected)).toEqual({ both: "failed" });
  });

  it("names what is listed and asked for by no revision", () => {
    expect(findUnrequired([runOf("fixture", { both: [ok("a")] })], LIST)).toEqual(["tool"]);
  });

  it("rests on a list that says why a scenario is left out somewhere", () => {
    for (const { on, why } of Object.values(SCENARIOS)) expect(on.length === 2 || why !== undefined).toBe(true);
  });
});
