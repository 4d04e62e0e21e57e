import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLimitedWire } from "../../../src/upstream/around-wire.ts";
import { WireFailure } from "../../../src/upstream/wire.ts";
import { createHandWire, outcomeOf, request } from "./hand-wire.ts";

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
