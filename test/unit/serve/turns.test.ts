import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createTally } from "../../../src/serve/bad-bytes.ts";
import { createMemoryTurns } from "../../../src/serve/turns.ts";

describe("turns kept in memory", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("are granted up to the number of each name, and again in the next minute", async () => {
    const takeTurn = createMemoryTurns();
    const take = async (name: string, perMinute: number) => (await takeTurn(name, perMinute)).granted;
    expect([await take("a", 2), await take("a", 2), await take("a", 2)]).toEqual([true, true, false]);
    expect([await take("b", 1), await take("b", 1)]).toEqual([true, false]);
    vi.advanceTimersByTime(20_000);
    expect(await takeTurn("a", 2)).toEqual({ granted: false, retryAfterMs: 40_000 });
    vi.advanceTimersByTime(40_000);
    expect(await take("a", 2)).toBe(true);
    // Nothing but the one name of this minute is kept.
    expect(vi.getTimerCount()).toBe(1);
  });

  it("are taken one at a time by calls that come together", async () => {
    const takeTurn = createMemoryTurns();
    const turns = await Promise.all(Array.from({ length: 50 }, () => takeTurn("a", 7)));
    expect(turns.filter(({ granted }) => granted)).toHaveLength(7);
  });
});

describe("the tally of refused connections", () => {
  it("writes a line a second for each reason, with the number since the last", () => {
    const lines: unknown[] = [];
    const none = () => {};
    let now = 0;
    const log = { debug: none, info: none, error: none, warn: (_: string, fields?: object) => void lines.push(fields) };
    const count = createTally(log, "refused", () => now);
    for (let turn = 0; turn < 1000; turn += 1) count("full");
    count("malformed");
    now = 1000;
    count("full");
    expect(lines).toEqual([
      { reason: "full", count: 1 },
      { reason: "malformed", count: 1 },
      { reason: "full", count: 1000 },
    ]);
  });
});
