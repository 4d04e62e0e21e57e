import { describe, expect, it } from "vitest";
import { describeFailure } from "../../src/errors.ts";
import { createBreakerWire, createLimitedWire } from "../../src/upstream/around-wire.ts";
import type { Wire } from "../../src/upstream/wire.ts";
import { refusedOrigin } from "../support/stub-upstream.ts";
import { clientOver, createWaits, DATA, failureOf, liveWire, startUpstream } from "./upstream-client.ts";

const limited = (wire: Wire, more: Partial<Parameters<typeof createLimitedWire>[1]> = {}) =>
  createLimitedWire(wire, { perMinute: 60, atOnce: 5, maxWaiting: 20, ...more });

const guarded = (wire: Wire) => createBreakerWire(wire, { now: () => 0 }).exchange;

const WRAPPED: [string, (wire: Wire) => Wire][] = [
  ["limits", limited],
  ["a circuit breaker", guarded],
  ["both", (wire) => limited(guarded(wire))],
];

describe("a wire with limits and a circuit breaker", () => {
  it.each(WRAPPED)("carries a call as the bare wire does: %s", async (_what, wrap) => {
    const upstream = await startUpstream(DATA);
    const bare = liveWire(upstream.origin);
    const answers = [];
    for (const wire of [bare, wrap(bare)]) answers.push(await clientOver(wire).fetchPages());
    expect(answers[1]).toEqual(answers[0]);
    const [plain, wrapped] = upstream.seen.map(({ method, url, headers, body }) => ({ method, url, headers, body }));
    expect(wrapped).toEqual(plain);
  });

  it("cancels a call that waits for its turn, unsent and not charged", async () => {
    const upstream = await startUpstream(() => {});
    const { fetchPages } = clientOver(limited(liveWire(upstream.origin), { atOnce: 1 }));
    const [first, second] = [new AbortController(), new AbortController()];
    const arrived = upstream.nextRequest();
    const sent = failureOf(fetchPages({ signal: first.signal }));
    await arrived;
    const waiting = failureOf(fetchPages({ signal: second.signal }));
    second.abort();
    expect(await waiting).toMatchObject({ kind: "cancelled", facts: { charge: "not_charged" } });
    first.abort();
    expect((await sent).facts.charge).toBe("unknown");
    expect(upstream.seen).toHaveLength(1);
  });

  it("says when too many wait, and does not try that again", async () => {
    const upstream = await startUpstream(() => {});
    const { waited, now, wait } = createWaits();
    const { fetchPages } = clientOver(limited(liveWire(upstream.origin), { atOnce: 1, maxWaiting: 1 }), {
      retry: { withinMs: 75_000, random: () => 0.5, wait },
      now,
    });
    const caller = new AbortController();
    const both = [1, 2].map(() => failureOf(fetchPages({ signal: caller.signal })));
    const error = await failureOf(fetchPages());
    caller.abort();
    await Promise.all(both);
    expect(error).toMatchObject({ kind: "unavailable", facts: { charge: "not_charged" } });
    expect(error.message).toBe("Too many calls are waiting for their turn in this server.");
    expect(waited).toEqual([]);
  });

  it("stops asking a gateway that is gone, and says for how long", async () => {
    const { fetchPages } = clientOver(guarded(liveWire(await refusedOrigin())));
    for (let times = 0; times < 5; times++) expect((await failureOf(fetchPages())).message).toMatch(/not be reached/);
    expect(describeFailure(await failureOf(fetchPages()))).toContain(
      "held back for now. Not charged. Wait at least 30 s.",
    );
  });
});
