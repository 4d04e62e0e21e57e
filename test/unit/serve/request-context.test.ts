import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createRequestScope, toLogText, toRequestId, toTraceparent } from "../../../src/serve/access-log.ts";
import { createTally } from "../../../src/serve/client-errors.ts";
import { createMemoryRateLimit } from "../../../src/serve/rate-limit.ts";

describe("the request's scope", () => {
  it("follows what was begun in it, however that is interleaved", async () => {
    const scope = createRequestScope();
    const seen = await Promise.all(
      ["a", "b"].map((requestId) =>
        scope.run({ requestId }, async () => {
          await Promise.resolve();
          const inner = scope.run({ requestId, principal: "p" }, () => scope.get());
          await Promise.resolve();
          return [scope.get(), inner];
        }),
      ),
    );
    expect(seen).toEqual([
      [{ requestId: "a" }, { requestId: "a", principal: "p" }],
      [{ requestId: "b" }, { requestId: "b", principal: "p" }],
    ]);
    expect(scope.get()).toBeUndefined();
  });
});

describe("a request id from outside", () => {
  it("is taken in its form alone", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\w.-]{1,70}$/)), (given) => {
        const id = toRequestId(given, () => "made");
        expect(id).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
        expect(id).toBe(/^[A-Za-z0-9._-]{1,64}$/.test(given) && !given.endsWith("\n") ? given : "made");
      }),
      { endOnFailure: true },
    );
    expect(toRequestId(undefined, () => "made")).toBe("made");
    expect(toRequestId("a\n", () => "made")).toBe("made");
  });
});

describe("a traceparent", () => {
  const ids = ["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"] as const;

  it.each([
    [`00-${ids[0]}-${ids[1]}-01`, true],
    [`00-${ids[0]}-${ids[1]}-ff`, true],
    [`01-${ids[0]}-${ids[1]}-01`, false],
    [`ff-${ids[0]}-${ids[1]}-01`, false],
    [`00-${"0".repeat(32)}-${ids[1]}-01`, false],
    [`00-${ids[0]}-${"0".repeat(16)}-01`, false],
    [`00-${ids[0].toUpperCase()}-${ids[1]}-01`, false],
    [`00-${ids[0]}-${ids[1]}-01-more`, false],
    [`00-${ids[0]}-${ids[1]}-01, 00-${ids[0]}-${ids[1]}-01`, false],
    [`00-${ids[0]}-${ids[1]}-01\n`, false],
  ])("%j is taken: %s", (given, taken) => {
    expect(toTraceparent(given)).toBe(taken ? given : undefined);
  });
});

describe("turns kept in memory", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("are granted up to the number of each name, and again in the next minute", async () => {
    const rateLimit = createMemoryRateLimit();
    const take = async (name: string, perMinute: number) => (await rateLimit(name, perMinute)).granted;
    expect([await take("a", 2), await take("a", 2), await take("a", 2)]).toEqual([true, true, false]);
    expect([await take("b", 1), await take("b", 1)]).toEqual([true, false]);
    vi.advanceTimersByTime(20_000);
    expect(await rateLimit("a", 2)).toEqual({ granted: false, retryAfterMs: 40_000 });
    vi.advanceTimersByTime(40_000);
    expect(await take("a", 2)).toBe(true);
    // Nothing but the one name of this minute is kept.
    expect(vi.getTimerCount()).toBe(1);
  });

  it("are taken one at a time by calls that come together", async () => {
    const rateLimit = createMemoryRateLimit();
    const turns = await Promise.all(Array.from({ length: 50 }, () => rateLimit("a", 7)));
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

describe("text from outside in the log", () => {
  it("holds nothing that cannot be seen, and at most 201 characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        const clean = toLogText(text);
        expect(clean).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(clean.length).toBeLessThanOrEqual(201);
      }),
      { endOnFailure: true },
    );
  });

  it.each([
    ["plain", "plain"],
    ["a\r\nb", "a?b"],
    ["a\u202eb\u2066c", "a?b?c"],
    ["x\u2028y\u200bz", "x?y?z"],
    ["x".repeat(201), `${"x".repeat(200)}…`],
  ])("%j becomes %j", (text, clean) => {
    expect(toLogText(text)).toBe(clean);
  });
});
