import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideRetry, type FailureClass, RETRY_TABLE } from "../../../src/upstream/retry-policy.ts";

const HOUR_MS = 3_600_000;

const decide = (failureClass: FailureClass, attempt: number, random = 0.5, retryAfterMs?: number) =>
  decideRetry(
    { class: failureClass, charge: "not_charged", retryAfterMs },
    { attempt, elapsedMs: 0, withinMs: HOUR_MS, random: () => random },
  );

const CLASSES = [...Object.keys(RETRY_TABLE), "final"] as FailureClass[];

/** Waits before the second, third, … attempt without jitter, ms; after the last one nothing is tried. */
const WAITS: Readonly<Record<FailureClass, { key?: "same" | "next"; waits: number[] }>> = {
  not_reached: { key: "same", waits: [1000, 2000] },
  held_back: { key: "same", waits: [1000] },
  rate_limited: { key: "same", waits: [1000, 2000, 4000] },
  busy: { key: "same", waits: [1000, 2000, 4000] },
  provider_rate_limit: { key: "next", waits: [60_000] },
  provider_crowded: { key: "next", waits: [5000, 10_000] },
  final: { waits: [] },
};

const CASES = CLASSES.flatMap((name) =>
  [1, 2, 3, 4, 5].map((attempt) => [name, attempt, WAITS[name].waits[attempt - 1]] as const),
);

describe("decideRetry", () => {
  it.each(CASES)("after %s, attempt %i: waits %s ms", (name, attempt, afterMs) => {
    const expected = afterMs === undefined ? { again: false } : { again: true, afterMs, key: WAITS[name].key };
    expect(decide(name, attempt)).toEqual(expected);
  });

  it.each([
    [0, 750],
    [1, 1250],
  ])("spreads waits by a quarter either way (random %i)", (random, afterMs) => {
    expect(decide("busy", 1, random)).toMatchObject({ afterMs });
  });

  it("never goes below a minute for a limit per minute", () => {
    expect(decide("provider_rate_limit", 1, 0, 5000)).toMatchObject({ afterMs: 60_000 });
  });

  it("waits as long as the other side asks, and no shorter than by itself", () => {
    expect(decide("rate_limited", 1, 0.5, 45_000)).toMatchObject({ afterMs: 45_000 });
    expect(decide("rate_limited", 3, 0.5, 1000)).toMatchObject({ afterMs: 4000 });
  });

  it.each([
    [999, false],
    [1000, true],
  ])("gives up at once when the wait would end too late (%i ms allowed)", (withinMs, again) => {
    const failure = { class: "busy", charge: "not_charged" } as const;
    expect(decideRetry(failure, { attempt: 1, elapsedMs: 0, withinMs, random: () => 0.5 }).again).toBe(again);
  });

  const failures = fc.record({
    class: fc.constantFrom(...CLASSES),
    charge: fc.constantFrom("not_charged", "charged", "unknown", undefined),
    retryAfterMs: fc.option(fc.nat(200_000), { nil: undefined }),
  });

  it("never sends again what may have cost money", () => {
    fc.assert(
      fc.property(failures, fc.integer({ min: 1, max: 6 }), fc.nat(1000), (failure, attempt, elapsedMs) => {
        const decision = decideRetry(failure, { attempt, elapsedMs, withinMs: HOUR_MS, random: Math.random });
        if (failure.charge !== "not_charged") expect(decision).toEqual({ again: false });
      }),
    );
  });

  it("never waits longer in all than it may, whatever fails how, and ends", () => {
    const steps = fc.array(fc.tuple(failures, fc.nat(20_000), fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: 8,
      maxLength: 8,
    });
    fc.assert(
      fc.property(steps, fc.nat(600_000), (all, withinMs) => {
        let elapsedMs = 0;
        let attempt = 0;
        for (const [failure, tookMs, random] of all) {
          elapsedMs += tookMs;
          attempt++;
          const decision = decideRetry(failure, { attempt, elapsedMs, withinMs, random: () => random });
          if (!decision.again) return;
          expect(decision.afterMs).toBeGreaterThan(0);
          elapsedMs += decision.afterMs;
          expect(elapsedMs).toBeLessThanOrEqual(withinMs);
        }
        expect.unreachable("no failure is tried eight times");
      }),
    );
  });

  it("is not fooled by a clock that was set back", () => {
    const progress = { attempt: 1, elapsedMs: -HOUR_MS, withinMs: 100, random: () => 0.5 };
    expect(decideRetry({ class: "busy", charge: "not_charged" }, progress)).toEqual({ again: false });
  });
});
