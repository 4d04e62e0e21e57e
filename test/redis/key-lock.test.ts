import { afterEach, expect, it, vi } from "vitest";
import type { RedisProblem } from "../../src/redis/failures.ts";
import { createRedisLink, type RedisLink } from "../../src/redis/link.ts";
import { createRedisKeyLock } from "../../src/redis/redis-lock.ts";
import type { WithKeyLock } from "../../src/spend/carry-out.ts";
import { startCuttableProxy } from "../support/cuttable-proxy.ts";
import { KEY, makeSnapshot, OTHER_KEY } from "../unit/store/make-snapshot.ts";
import { describeRedis, PREFIX } from "./rooms.ts";
import { type RedisChild, startRedisChild } from "./start-child.ts";

const unending = new AbortController().signal;
const LOCK = `${PREFIX}lock:t:${KEY}`;

/** A step that a test takes when it wants to. */
function step() {
  let take = () => {};
  const taken = new Promise<void>((resolve) => {
    take = resolve;
  });
  return { take, taken };
}

/** Holds a key until told. */
async function hold(withKeyLock: WithKeyLock, key = KEY) {
  const [begun, end] = [step(), step()];
  const done = withKeyLock(key, unending, async () => {
    begun.take();
    await end.taken;
    return "held";
  });
  await begun.taken;
  return () => {
    end.take();
    return done;
  };
}

describeRedis("a lock across replicas", ({ open, look, server }) => {
  let children: RedisChild[] = [];
  const links: RedisLink[] = [];
  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.kill()));
    for (const link of links.splice(0)) link.close();
  });

  /** With a lease that a test can wait for. */
  function openQuick(
    leaseMs: number,
    written = () => Promise.resolve(),
    more: { sentMs?: number; waitMs?: number } = {},
  ) {
    const problems: RedisProblem[] = [];
    const onProblem = (problem: RedisProblem) => problems.push(problem);
    const link = createRedisLink({ url: server().url, prefix: PREFIX, onProblem });
    links.push(link);
    const deps = { link, tenant: "t", written, onProblem };
    return { withKeyLock: createRedisKeyLock({ ...deps, ...more, leaseMs, retryMs: 5 }), problems };
  }

  it("gives back what was returned or thrown, and leaves nothing behind", async () => {
    const withKeyLock = open().keyLock("t");
    expect(await withKeyLock(KEY, unending, async () => 7)).toBe(7);
    await expect(withKeyLock(KEY, unending, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await look().keys("*")).toEqual([]);
  });

  it("keeps other replicas out, but not other keys or tenants", async () => {
    const [a, b] = [open(), open()];
    const release = await hold(a.keyLock("t"));
    const waiting = b.keyLock("t")(KEY, unending, async () => "next");
    expect(await b.keyLock("t")(OTHER_KEY, unending, async () => 1)).toBe(1);
    expect(await b.keyLock("u")(KEY, unending, async () => 2)).toBe(2);
    expect(await Promise.race([waiting, b.keyLock("t")(OTHER_KEY, unending, async () => "first")])).toBe("first");
    expect(await release()).toBe("held");
    expect(await waiting).toBe("next");
  });

  it("ends a wait with the signal, for the reason the signal gives", async () => {
    const release = await hold(open().keyLock("t"));
    const caller = new AbortController();
    const waiting = open().keyLock("t")(KEY, caller.signal, async () => 1);
    const reason = new Error("the caller left");
    setImmediate(() => caller.abort(reason));
    await expect(waiting).rejects.toBe(reason);
    await release();
  });

  it("lets one process in at a time", { timeout: 60_000 }, async () => {
    children = await Promise.all([1, 2, 3].map(() => startRedisChild("addUp", server().port, 30)));
    for (const child of children) child.go();
    expect(await Promise.all(children.map((child) => child.told()))).toEqual(Array(3).fill({ problems: [] }));
    expect(await look().get("sum")).toBe("90");
  });

  it("passes on from a process that was killed when its lease ends, and not before", { timeout: 60_000 }, async () => {
    const holder = await startRedisChild("hold", server().port);
    children = [holder];
    holder.go();
    await holder.told();
    await holder.kill();
    const withKeyLock = open().keyLock("t");
    await expect(withKeyLock(KEY, AbortSignal.timeout(300), async () => 1)).rejects.toThrow("timeout");
    expect(await look().pttl(LOCK)).toBeGreaterThan(10_000);
    // As if the rest of its time had passed.
    await look().pexpire(LOCK, 1);
    expect(await withKeyLock(KEY, unending, async () => "free")).toBe("free");
  });

  it("lives on while it is held, far beyond its lease", async () => {
    const [a, b] = [openQuick(150), openQuick(150)];
    const release = await hold(a.withKeyLock);
    await expect(b.withKeyLock(KEY, AbortSignal.timeout(600), async () => 1)).rejects.toThrow("timeout");
    await release();
    expect(a.problems).toEqual([]);
  });

  it("is held until what was bought is written, without keeping the buyer", async () => {
    const write = step();
    const quick = openQuick(300, () => write.taken);
    expect(await quick.withKeyLock(KEY, unending, async () => "bought")).toBe("bought");
    const other = openQuick(300).withKeyLock;
    await expect(other(KEY, AbortSignal.timeout(600), async () => 1)).rejects.toThrow("timeout");
    write.take();
    expect(await other(KEY, unending, async () => "next")).toBe("next");
    expect(quick.problems).toEqual([]);
  });

  it("is set anew when Redis has forgotten everything", async () => {
    const quick = openQuick(300);
    const release = await hold(quick.withKeyLock);
    const token = await look().get(LOCK);
    await look().flushall();
    await vi.waitFor(async () => expect(await look().get(LOCK)).toBe(token));
    await release();
    expect(quick.problems).toEqual([]);
    expect(await look().exists(LOCK)).toBe(0);
  });

  it("that another holds by now is told of as lost, once, and not taken from it", async () => {
    const quick = openQuick(150);
    const release = await hold(quick.withKeyLock);
    await look().set(LOCK, "another");
    await vi.waitFor(() => expect(quick.problems).toEqual([{ kind: "lock_lost", key: KEY }]));
    expect(await release()).toBe("held");
    expect(await look().get(LOCK)).toBe("another");
    expect(quick.problems).toHaveLength(1);
  });

  it("tells its holder whether it is the holder's, when that asks before it sends", async () => {
    const quick = openQuick(60_000);
    const answers = await quick.withKeyLock(KEY, unending, async (turn) => {
      const own = await turn.isMine();
      // As after a lease that ended in a pause: no renewal has noticed it.
      await look().set(LOCK, "another");
      return [own, await turn.isMine(), await turn.isMine()];
    });
    expect(answers).toEqual([true, false, false]);
    expect(quick.problems).toEqual([{ kind: "lock_lost", key: KEY }]);
    expect(await look().get(LOCK)).toBe("another");
  });

  it("stays its holder's for as long as the call that it has sent may take, alive or not", async () => {
    const quick = openQuick(150, undefined, { sentMs: 60_000 });
    const ask = step();
    const asked = step();
    const done = quick.withKeyLock(KEY, unending, async (turn) => {
      expect(await look().pttl(LOCK)).toBeLessThanOrEqual(150);
      expect(await turn.isMine()).toBe(true);
      asked.take();
      await ask.taken;
      return turn.isMine();
    });
    await asked.taken;
    expect(await look().pttl(LOCK)).toBeGreaterThan(50_000);
    // Renewals do not make it shorter; as a holder that is blocked it would not even need them.
    const other = openQuick(150).withKeyLock;
    await expect(other(KEY, AbortSignal.timeout(600), async () => 1)).rejects.toThrow("timeout");
    expect(await look().pttl(LOCK)).toBeGreaterThan(50_000);
    ask.take();
    expect(await done).toBe(true);
    expect(await other(KEY, unending, async () => "free")).toBe("free");
  });

  it("ends a wait for a holder that does not let go, charging nothing", async () => {
    const release = await hold(openQuick(60_000).withKeyLock);
    const waiting = openQuick(60_000, undefined, { waitMs: 20 }).withKeyLock(KEY, unending, async () => 1);
    await expect(waiting).rejects.toMatchObject({ kind: "unavailable", facts: { charge: "not_charged" } });
    await release();
  });

  it("is nobody's to send by once Redis cannot be asked", { timeout: 20_000 }, async () => {
    const asked = openQuick(60_000).withKeyLock(KEY, unending, async (turn) => {
      await server().kill();
      return turn.isMine();
    });
    await expect(asked).rejects.toMatchObject({ kind: "unavailable", facts: { charge: "not_charged" } });
  });

  it.each(["", "key", `${KEY}:x`])("is refused to %j, which is no key", async (key) => {
    await expect(open().keyLock("t")(key, unending, async () => 1)).rejects.toThrow("32 hexadecimal digits");
  });
});

describeRedis("a lock while Redis is gone", ({ open, server, look }) => {
  it("is not given, and nothing was sent", { timeout: 20_000 }, async () => {
    const replica = open();
    await replica.keyLock("t")(KEY, unending, async () => 1);
    await server().kill();
    let isUsed = false;
    const refused = replica.keyLock("t")(KEY, unending, async () => {
      isUsed = true;
    });
    await expect(refused).rejects.toMatchObject({
      kind: "unavailable",
      message: "The shared store cannot be reached, so nothing can be bought and nothing was sent.",
      facts: { charge: "not_charged" },
    });
    expect(isUsed).toBe(false);
    // Known to be gone: no more waiting.
    const beganAt = performance.now();
    await expect(replica.keyLock("t")(KEY, unending, async () => 1)).rejects.toMatchObject({ kind: "unavailable" });
    expect(performance.now() - beganAt).toBeLessThan(500);
    await server().start();
    await vi.waitFor(async () => expect(await replica.keyLock("t")(KEY, unending, async () => 2)).toBe(2), 10_000);
  });

  it("lets what runs go on; the next holder finds what it bought", { timeout: 30_000 }, async () => {
    const proxy = await startCuttableProxy(server().port);
    const [a, b] = [open({ port: proxy.port }), open()];
    await b.snapshots("t").list();
    const bought = makeSnapshot({ fetchedAt: Date.now() });
    const [begun, go] = [step(), step()];
    const buying = a.keyLock("t")(KEY, unending, async () => {
      begun.take();
      await go.taken;
      return a.snapshots("t").put(bought);
    });
    await begun.taken;
    await server().kill();
    proxy.shut();
    go.take();
    expect(await buying).toMatchObject({ where: "memory" });
    expect(await a.snapshots("t").newest(KEY)).toBe(bought);
    // The lock has been forgotten too, as if its lease had ended meanwhile; and the other is the first to be back.
    await server().wipe();
    await server().start();
    await vi.waitFor(() => expect(b.isReady()).toBe(true), 5000);
    const found = b.keyLock("t")(KEY, unending, () => b.snapshots("t").newest(KEY));
    proxy.open();
    expect(await found).toEqual(bought);
    await vi.waitFor(async () => expect(await look().exists(LOCK)).toBe(0));
    expect(a.problems.filter(({ kind }) => kind === "lock_lost")).toEqual([]);
    await proxy.close();
  });
});
