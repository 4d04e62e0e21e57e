import { afterEach, expect, it, vi } from "vitest";
import type { RedisProblem } from "../../src/redis/failures.ts";
import { createSharedGate, type SharedLimits } from "../../src/redis/gate.ts";
import { createRedisLink, type RedisLink } from "../../src/redis/link.ts";
import type { Wire, WireReply } from "../../src/upstream/wire.ts";
import { describeRedis, PREFIX } from "./rooms.ts";

const REPLY: WireReply = { status: 200, headers: {}, body: "" };
const makeRequest = (signal = new AbortController().signal) => ({
  method: "GET" as const,
  path: "/",
  headers: {},
  signal,
});

/** An upstream that counts, and answers when told to. */
function createCountedWire() {
  const held: (() => void)[] = [];
  const counts = { begun: 0, now: 0, most: 0 };
  const wire: Wire = async () => {
    counts.begun += 1;
    counts.now += 1;
    counts.most = Math.max(counts.most, counts.now);
    await new Promise<void>((resolve) => held.push(resolve));
    counts.now -= 1;
    return REPLY;
  };
  return { wire, counts, held };
}

describeRedis("the gateway's limits over several replicas", ({ server, look }) => {
  const links: RedisLink[] = [];
  afterEach(() => {
    for (const link of links.splice(0)) link.close();
  });

  function openGate(wire: Wire, limits: SharedLimits, leaseMs = 30_000) {
    const problems: RedisProblem[] = [];
    const onProblem = (problem: RedisProblem) => problems.push(problem);
    const link = createRedisLink({ url: server().url, prefix: PREFIX, onProblem });
    links.push(link);
    return { gate: createSharedGate(wire, { link, ...limits, onProblem, leaseMs, retryMs: 5 }), problems };
  }

  it("let no more be under way than allowed in sum, and all get through", async () => {
    const { wire, counts, held } = createCountedWire();
    const gates = [1, 2].map(() => openGate(wire, { perMinute: 1000, atOnce: 3 }).gate);
    const calls = Array.from({ length: 20 }, (_, index) => gates[index % 2]?.(makeRequest()));
    for (let answered = 0; answered < 20; answered++) {
      await vi.waitFor(() => expect(held).not.toEqual([]));
      held.shift()?.();
    }
    expect(await Promise.all(calls)).toEqual(Array(20).fill(REPLY));
    expect(counts).toMatchObject({ begun: 20, now: 0 });
    expect(counts.most).toBe(3);
    await vi.waitFor(async () => expect(await look().zcard(`${PREFIX}gate:leases`)).toBe(0));
  });

  it("let no more begin in a minute than allowed in sum", async () => {
    const { wire, counts, held } = createCountedWire();
    const gates = [1, 2].map(() => openGate(wire, { perMinute: 7, atOnce: 100 }).gate);
    const callers = Array.from({ length: 23 }, () => new AbortController());
    const signals = callers.map(({ signal }) => signal);
    const calls = signals.slice(3).map((signal, index) =>
      gates[index % 2]?.(makeRequest(signal)).then(
        () => "sent",
        (error: Error) => `${error.name} ${error.message}`,
      ),
    );
    await vi.waitFor(() => expect(counts.begun).toBe(7));
    for (const answer of held.splice(0)) answer();
    await vi.waitFor(async () => expect(await look().zcard(`${PREFIX}gate:leases`)).toBe(0));
    // As if the first two had begun a minute ago.
    const starts = await look().zrange(`${PREFIX}gate:starts`, "0", "1");
    for (const start of starts) await look().zincrby(`${PREFIX}gate:starts`, -60_000, String(start));
    const late = signals
      .slice(0, 3)
      .map((signal) => openGate(wire, { perMinute: 7, atOnce: 100 }).gate(makeRequest(signal)));
    const lateEnds = Promise.allSettled(late);
    await vi.waitFor(() => expect(counts.begun).toBe(9));
    for (const answer of held.splice(0)) answer();
    for (const caller of callers) caller.abort();
    const told = await Promise.all(calls);
    const lateTold = (await lateEnds).map(({ status }) => (status === "fulfilled" ? "sent" : "WireFailure cancelled"));
    const all = [...told, ...lateTold];
    expect(all.filter((each) => each === "sent")).toHaveLength(9);
    expect(all.filter((each) => each === "WireFailure cancelled")).toHaveLength(14);
    expect(counts.begun).toBe(9);
  });

  it("free the place of a replica that is gone, and keep that of a slow call", async () => {
    const { wire, counts, held } = createCountedWire();
    const limits = { perMinute: 100, atOnce: 1 };
    const dead = openGate(wire, limits, 300);
    const first = dead.gate(makeRequest());
    await vi.waitFor(() => expect(counts.begun).toBe(1));
    links[0]?.close();
    const second = openGate(wire, limits, 300).gate(makeRequest());
    await vi.waitFor(() => expect(counts.begun).toBe(2), 5000);
    const caller = new AbortController();
    const third = openGate(wire, limits, 300).gate(makeRequest(caller.signal));
    setTimeout(() => caller.abort(), 700);
    await expect(third).rejects.toMatchObject({ reason: "cancelled", wasSent: false });
    expect(counts.begun).toBe(2);
    for (const answer of held.splice(0)) answer();
    expect(await Promise.all([first, second])).toEqual([REPLY, REPLY]);
  });

  it("pass on what the wire throws, and let the next one in", async () => {
    const { gate } = openGate(() => Promise.reject(new Error("broken")), { perMinute: 100, atOnce: 1 });
    await expect(gate(makeRequest())).rejects.toThrow("broken");
    await expect(gate(makeRequest())).rejects.toThrow("broken");
    await expect(gate(makeRequest(AbortSignal.abort()))).rejects.toMatchObject({ reason: "cancelled" });
  });

  it("hold no call back while Redis is gone, and say so", { timeout: 20_000 }, async () => {
    const { gate, problems } = openGate(async () => REPLY, { perMinute: 1, atOnce: 1 });
    expect(await gate(makeRequest())).toBe(REPLY);
    // Would wait for most of a minute.
    const waiting = gate(makeRequest());
    await server().kill();
    expect(await Promise.all([waiting, gate(makeRequest())])).toEqual([REPLY, REPLY]);
    expect(problems).toMatchObject([{ kind: "unreachable" }, { kind: "gate_skipped" }, { kind: "gate_skipped" }]);
  });
});
