import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createBreakerWire, createLimitedWire } from "../../../src/upstream/around-wire.ts";
import { WireFailure, type WireFailureReason, type WireReply } from "../../../src/upstream/wire.ts";
import { createHandWire, type Exchange, OK, outcomeOf, request } from "./hand-wire.ts";

describe("breaker wire", () => {
  // The library reads the clock itself.
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const OPEN_MS = 30_000;
  const reply = (status: number): WireReply => ({ ...OK, status });
  const failure = (reason: WireFailureReason, wasSent = true) => new WireFailure(reason, wasSent);

  function start() {
    const { wire, exchanges } = createHandWire();
    const { exchange: breaker, isOpen } = createBreakerWire(wire, { now: () => Date.now() });
    /** Sends one that ends at once; what is held back is not ended. */
    const run = async (end: (exchange: Exchange) => void) => {
      const sent = exchanges.length;
      const outcome = outcomeOf(breaker(request()));
      const exchange = exchanges[sent];
      if (exchange !== undefined) end(exchange);
      return outcome;
    };
    const runTimes = async (times: number, end: (exchange: Exchange) => void) => {
      for (let n = 0; n < times; n++) await run(end);
    };
    return { breaker, isOpen, exchanges, run, runTimes };
  }

  const breakOff = (exchange: Exchange) => exchange.fail(failure("broken_off"));
  const succeed = (exchange: Exchange) => exchange.reply();

  async function startOpen() {
    const started = start();
    await started.runTimes(5, breakOff);
    return started;
  }

  describe("the circuit", () => {
    it.each<[string, (exchange: Exchange) => void]>([
      ["no connection", (exchange) => exchange.fail(failure("unreachable", false))],
      ["no answer in time", (exchange) => exchange.fail(failure("timeout"))],
      ["a broken connection", breakOff],
      ["HTTP 500", (exchange) => exchange.reply(reply(500))],
      ["HTTP 503", (exchange) => exchange.reply(reply(503))],
    ])("opens after five in a row of: %s", async (_what, end) => {
      const { run, runTimes, exchanges } = start();
      await runTimes(5, end);
      expect(exchanges).toHaveLength(5);
      expect(await run(succeed)).toBe("held_back");
      expect(exchanges).toHaveLength(5);
    });

    it.each<[string, (exchange: Exchange) => void]>([
      ["a caller who leaves", (exchange) => exchange.fail(failure("cancelled"))],
      ["an answer that is too large", (exchange) => exchange.fail(failure("too_large"))],
      ["HTTP 429", (exchange) => exchange.reply(reply(429))],
      ["HTTP 402", (exchange) => exchange.reply(reply(402))],
      ["a defect of ours", (exchange) => exchange.fail(new TypeError("x"))],
    ])("does not open for %s", async (_what, end) => {
      const { run, runTimes } = start();
      await runTimes(20, end);
      expect(await run(succeed)).toBe(200);
    });

    it("counts failures in a row: a success starts anew, a caller who leaves does not", async () => {
      const { run, runTimes } = start();
      await runTimes(4, breakOff);
      await run(succeed);
      await runTimes(4, breakOff);
      await run((exchange) => exchange.fail(failure("cancelled")));
      expect(await run(breakOff)).toBe("broken_off, sent");
      expect(await run(succeed)).toBe("held_back");
    });

    it("hands on what came, failures too", async () => {
      const { breaker, exchanges } = start();
      const error = failure("timeout");
      const [good, bad, lost] = [breaker(request()), breaker(request()), breaker(request())];
      const [whole, broken] = [reply(200), reply(502)];
      exchanges[0]?.reply(whole);
      exchanges[1]?.reply(broken);
      exchanges[2]?.fail(error);
      await expect(lost).rejects.toBe(error);
      expect([await good, await bad]).toEqual([whole, broken]);
      expect(await good).toBe(whole);
    });
  });

  describe("an open circuit", () => {
    it("says how long it stays open", async () => {
      const { breaker } = await startOpen();
      await vi.advanceTimersByTimeAsync(12_000);
      await expect(breaker(request())).rejects.toMatchObject({
        reason: "held_back",
        wasSent: false,
        retryAfterMs: OPEN_MS - 12_000,
      });
    });

    it("lets one call try after 30 s and holds the others back until it is over", async () => {
      const { breaker, run, exchanges } = await startOpen();
      await vi.advanceTimersByTimeAsync(OPEN_MS - 1);
      expect(await run(succeed)).toBe("held_back");
      await vi.advanceTimersByTimeAsync(1);
      const burst = Array.from({ length: 10 }, () => outcomeOf(breaker(request())));
      expect(exchanges).toHaveLength(6);
      exchanges[5]?.reply();
      expect(await Promise.all(burst)).toEqual([200, ...Array(9).fill("held_back")]);
      expect(exchanges).toHaveLength(6);
      expect(await run(succeed)).toBe(200);
    });

    it("stays open for another 30 s when that call fails", async () => {
      const { run } = await startOpen();
      await vi.advanceTimersByTimeAsync(OPEN_MS);
      expect(await run((exchange) => exchange.reply(reply(503)))).toBe(503);
      await vi.advanceTimersByTimeAsync(OPEN_MS - 1);
      expect(await run(succeed)).toBe("held_back");
      await vi.advanceTimersByTimeAsync(1);
      expect(await run(succeed)).toBe(200);
    });

    it("lets the next call try at once when that caller leaves", async () => {
      const { run, exchanges } = await startOpen();
      await vi.advanceTimersByTimeAsync(OPEN_MS);
      expect(await run((exchange) => exchange.fail(failure("cancelled")))).toBe("cancelled, sent");
      expect(await run(breakOff)).toBe("broken_off, sent");
      expect(await run(succeed)).toBe("held_back");
      expect(exchanges).toHaveLength(7);
    });

    it("closes when that answer is too large: the upstream is there", async () => {
      const { run } = await startOpen();
      await vi.advanceTimersByTimeAsync(OPEN_MS);
      await run((exchange) => exchange.fail(failure("too_large")));
      expect(await run(breakOff)).toBe("broken_off, sent");
      expect(await run(succeed)).toBe(200);
    });

    it("is not kept open by calls from before", async () => {
      const { breaker, exchanges, run, runTimes } = start();
      const late = outcomeOf(breaker(request()));
      await runTimes(5, breakOff);
      await vi.advanceTimersByTimeAsync(OPEN_MS);
      const trial = outcomeOf(breaker(request()));
      exchanges[0]?.fail(failure("timeout"));
      expect(await late).toBe("timeout, sent");
      exchanges[6]?.reply();
      expect(await trial).toBe(200);
      expect(await run(succeed)).toBe(200);
    });
  });
});

describe("limited wire", () => {
  // The queue reads the clock itself.
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const settled = () => vi.advanceTimersByTimeAsync(0);

  function start({ perMinute = 100, atOnce = 100, maxWaiting = 100 } = {}) {
    const { wire, exchanges } = createHandWire();
    return { wire: createLimitedWire(wire, { perMinute, atOnce, maxWaiting }), exchanges };
  }

  describe("createLimitedWire", () => {
    it("lets so many out at once, and the others in their order as places come free", async () => {
      const { wire, exchanges } = start({ atOnce: 2 });
      const requests = [1, 2, 3, 4].map(() => request());
      const all = requests.map((one) => outcomeOf(wire(one)));
      await settled();
      expect(exchanges).toHaveLength(2);
      exchanges[1]?.reply();
      await settled();
      expect(exchanges.map((exchange) => exchange.request)).toEqual(requests.slice(0, 3));
      exchanges[0]?.fail(new WireFailure("timeout", true));
      await settled();
      exchanges[2]?.reply();
      exchanges[3]?.reply();
      expect(await Promise.all(all)).toEqual(["timeout, sent", 200, 200, 200]);
    });

    it("begins no more than so many in any 60 s, across the edge of a minute too", async () => {
      const { wire, exchanges } = start({ perMinute: 3 });
      const begunAt = Date.now();
      const sentAt: number[] = [];
      const passSeconds = async (seconds: number) => {
        for (let second = 0; second < seconds; second++) {
          await vi.advanceTimersByTimeAsync(1000);
          for (const exchange of exchanges.splice(0)) {
            sentAt.push(Math.round((Date.now() - begunAt) / 1000));
            exchange.reply();
          }
        }
      };
      const first = outcomeOf(wire(request()));
      await passSeconds(58);
      const burst = Array.from({ length: 6 }, () => outcomeOf(wire(request())));
      await passSeconds(140);
      expect(await Promise.all([first, ...burst])).toEqual(Array(7).fill(200));
      expect(sentAt).toEqual([1, 59, 59, 60, 118, 118, 120]);
    });

    it("fails what finds the line full, unsent", async () => {
      const { wire, exchanges } = start({ atOnce: 1, maxWaiting: 2 });
      const all = [1, 2, 3, 4].map(() => outcomeOf(wire(request())));
      expect(await all[3]).toBe("too_many_waiting");
      for (let n = 0; n < 3; n++) {
        exchanges[n]?.reply();
        await settled();
      }
      expect(await Promise.all(all.slice(0, 3))).toEqual([200, 200, 200]);
      expect(exchanges).toHaveLength(3);
    });

    it("lets a caller leave the line, and gives the place to the next", async () => {
      const { wire, exchanges } = start({ atOnce: 1, maxWaiting: 1 });
      const [first, caller] = [outcomeOf(wire(request())), new AbortController()];
      const left = outcomeOf(wire(request(caller.signal)));
      caller.abort();
      expect(await left).toBe("cancelled");
      const next = outcomeOf(wire(request()));
      exchanges[0]?.reply();
      await settled();
      exchanges[1]?.reply();
      expect(await Promise.all([first, next])).toEqual([200, 200]);
      expect(exchanges).toHaveLength(2);
    });

    it("does not take in a caller who has left already", async () => {
      const { wire, exchanges } = start();
      expect(await outcomeOf(wire(request(AbortSignal.abort())))).toBe("cancelled");
      expect(exchanges).toEqual([]);
    });

    it("leaves an exchange under way to the wire, which knows whether it was sent", async () => {
      const { wire, exchanges } = start();
      const caller = new AbortController();
      const cancelled = outcomeOf(wire(request(caller.signal)));
      await settled();
      caller.abort();
      await settled();
      exchanges[0]?.fail(new WireFailure("cancelled", true));
      expect(await cancelled).toBe("cancelled, sent");
    });
  });
});
