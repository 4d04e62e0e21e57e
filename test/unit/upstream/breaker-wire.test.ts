import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createBreakerWire } from "../../../src/upstream/around-wire.ts";
import { WireFailure, type WireFailureReason, type WireReply } from "../../../src/upstream/wire.ts";
import { createHandWire, type Exchange, OK, outcomeOf, request } from "./hand-wire.ts";

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
