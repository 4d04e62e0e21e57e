import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeFailure } from "../../../src/errors.ts";
import { NoConnection, networkCodeOf } from "../../../src/upstream/path/connect.ts";
import { readRetryAfter } from "../../../src/upstream/reply-headers.ts";
import { decideRetry, type FailureClass, RETRY_TABLE } from "../../../src/upstream/retry-policy.ts";
import { classifyWireFailure, toAppError } from "../../../src/upstream/send-call.ts";
import { WireFailure, wait } from "../../../src/upstream/wire.ts";

describe("retry policy", () => {
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
});

const AT = Date.UTC(2026, 9, 21, 7, 27, 30, 400);

describe("readRetryAfter", () => {
  it.each([
    ["7", 7000],
    [" 120 ", 120_000],
    ["0", 0],
    ["Wed, 21 Oct 2026 07:28:00 GMT", 30_000],
    ["Wed, 21 Oct 2026 07:27:30 GMT", 0],
    ["Wed, 21 Oct 2015 07:28:00 GMT", 0],
  ])("reads %s as %i ms", (header, ms) => {
    expect(readRetryAfter(header, AT)).toBe(ms);
  });

  it.each([
    undefined,
    "",
    "soon",
    "-1",
    "1.5",
    "1e3",
    "9999999",
    "2026-10-21T07:28:00Z",
    "Wed, 99 Xyz 2026 07:28:00 GMT",
    "Wed, 21 Oct 2099 07:28:00 GMT",
  ])("reads nothing out of %j", (header) => {
    expect(readRetryAfter(header, AT)).toBeUndefined();
  });

  it("reads no date without a clock", () => {
    expect(readRetryAfter("Wed, 21 Oct 2026 07:28:00 GMT", undefined)).toBeUndefined();
    expect(readRetryAfter("7", undefined)).toBe(7000);
  });
});

describe("wait", () => {
  const HOUR_MS = 3_600_000;

  it("ends by itself", async () => {
    await expect(wait(1, new AbortController().signal)).resolves.toBeUndefined();
  });

  it("ends with the signal, before it or during it", async () => {
    await expect(wait(HOUR_MS, AbortSignal.abort())).rejects.toThrow(/abort/i);
    const caller = new AbortController();
    const waiting = wait(HOUR_MS, caller.signal);
    caller.abort();
    await expect(waiting).rejects.toThrow(/abort/i);
  });
});

describe("classifyWireFailure", () => {
  it.each([
    ["name", "ENOTFOUND", "not_reached"],
    ["name", "EAI_AGAIN", "not_reached"],
    ["connect", "ECONNREFUSED", "not_reached"],
    ["connect", "ECONNRESET", "not_reached"],
    ["connect", "ENETUNREACH", "not_reached"],
    ["connect", "EHOSTUNREACH", "not_reached"],
    ["connect", "EADDRNOTAVAIL", "not_reached"],
    ["connect", "ETIMEDOUT", "not_reached"],
    ["connect", "timeout", "not_reached"],
    ["tls", "ECONNRESET", "not_reached"],
    ["tls", "timeout", "final"],
    ["tls", "CERT_HAS_EXPIRED", "final"],
    ["tls", "ERR_TLS_CERT_ALTNAME_INVALID", "final"],
    ["tls", "DEPTH_ZERO_SELF_SIGNED_CERT", "final"],
    ["proxy_tls", "ECONNRESET", "final"],
    ["tunnel", "407", "final"],
    ["tunnel", "ECONNRESET", "final"],
    ["tunnel", "timeout", "final"],
  ] as const)("takes a way that ends at its step %s with %s as %s", (at, code, failureClass) => {
    const cause = new NoConnection(at, code, "gateway");
    expect(classifyWireFailure(new WireFailure("unreachable", false, cause))).toBe(failureClass);
    expect(classifyWireFailure(new WireFailure("unreachable", true, cause))).toBe("final");
  });

  it("takes what is no failed connection as final, whatever it is called", () => {
    const cause = Object.assign(new Error(), { code: "ECONNREFUSED" });
    expect(classifyWireFailure(new WireFailure("unreachable", false, cause))).toBe("final");
  });

  it.each([
    ["timeout", "final"],
    ["cancelled", "final"],
    ["too_large", "final"],
    ["broken_off", "final"],
    ["too_many_waiting", "final"],
    ["held_back", "held_back"],
  ] as const)("takes %s, unsent, as %s", (reason, failureClass) => {
    expect(
      classifyWireFailure(new WireFailure(reason, false, new NoConnection("connect", "ECONNREFUSED", "gateway"))),
    ).toBe(failureClass);
  });
});

describe("toAppError", () => {
  const textOf = (failure: WireFailure) => describeFailure(toAppError(failure, 1000));

  it("believes what a reply that broke off has said of its cost, and names its id", () => {
    const broken = (price: string) =>
      textOf(
        new WireFailure("broken_off", true, undefined, undefined, {
          status: 200,
          headers: { "x-aisa-price-usd": price, "x-request-id": "req_7" },
          body: "",
        }),
      );
    expect(broken("0.048")).toMatch(/This call was charged \$0\.048\. .*\(request id req_7\)$/);
    expect(broken("0")).toContain(" Not charged. ");
    expect(broken("soon")).toContain(" It may have been charged. ");
  });

  it.each([
    [new NoConnection("name", "ENOTFOUND", "gateway"), "The gateway could not be reached."],
    [new NoConnection("connect", "ECONNREFUSED", "proxy"), "The proxy could not be reached."],
    [new NoConnection("tunnel", "403", "proxy"), "The proxy did not open the way to the gateway."],
    [new NoConnection("proxy_tls", "ECONNRESET", "proxy"), "No encrypted connection to the proxy came about."],
    [new NoConnection("tls", "ECONNRESET", "gateway"), "No encrypted connection to the gateway came about."],
    [new Error("a header that cannot be written"), "The gateway could not be reached."],
  ])("says where the way ended, and that nothing was charged: %s", (cause, says) => {
    expect(textOf(new WireFailure("unreachable", false, cause))).toBe(
      `${says} Not charged. Check the network, the proxy settings and AISA_BASE_URL (\`domain-pages-mcp doctor\` tests them).`,
    );
  });

  it("says what a full queue means", () => {
    expect(textOf(new WireFailure("too_many_waiting", false))).toBe(
      "Too many calls are waiting for their turn in this server. Not charged. Try again when some are done; DOMAIN_PAGES_CALLS_PER_MINUTE and DOMAIN_PAGES_CALLS_AT_ONCE set the pace.",
    );
  });

  it.each([
    [27_400, " Wait at least 28 s."],
    [undefined, ""],
  ])("says what an open circuit means (%s ms left)", (retryAfterMs, wait) => {
    expect(textOf(new WireFailure("held_back", false, undefined, retryAfterMs))).toBe(
      `The gateway failed several times in a row, so calls are held back for now. Not charged.${wait} If it lasts, \`domain-pages-mcp doctor\` tests the connection for free.`,
    );
  });
});

describe("networkCodeOf", () => {
  it("looks through the errors of several addresses", () => {
    const tried = [Object.assign(new Error(), { code: "ECONNREFUSED" }), new Error()];
    expect(networkCodeOf(new AggregateError(tried))).toBe("ECONNREFUSED");
    expect(networkCodeOf(new Error("", { cause: new AggregateError(tried) }))).toBe("ECONNREFUSED");
    expect(networkCodeOf("no error at all")).toBe("");
  });
});
