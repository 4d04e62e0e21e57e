import { expect, it, vi } from "vitest";
import { createRedisLink } from "../../src/redis/link.ts";
import { makeSnapshot, OTHER_KEY } from "../unit/store/make-snapshot.ts";
import { describeRedis, PREFIX } from "./rooms.ts";

const NOW = Date.now();
const toId = (n: number) => `u_${String(n).padStart(8, "0")}`;

describeRedis("paid replies that could not be read", ({ open, look, server }) => {
  it("are found by every replica of the tenant as they came, the newest first", async () => {
    const [a, b] = [open(), open()];
    // Within one second as a rule, and in another order than their names.
    for (const n of [2, 3, 1]) expect(await a.replies("t").put(toId(n), `<html>é ${n}\0`)).toBe(true);
    expect(await b.replies("t").list()).toEqual([toId(1), toId(3), toId(2)]);
    expect(await b.replies("t").get(toId(3))).toBe("<html>é 3\0");
    expect(await b.replies("u").list()).toEqual([]);
    expect(await b.replies("u").get(toId(3))).toBeUndefined();
    expect(await b.replies("t").get("names")).toBeUndefined();
    expect(await b.replies("t").put("../x", "")).toBe(false);
  });

  it("make room from the oldest on, and end by themselves", async () => {
    const replies = open({ maxAgeMs: 60_000 }).replies("t");
    for (let n = 25; n > 0; n--) await replies.put(toId(n), "{");
    expect(await replies.list()).toEqual(Array.from({ length: 20 }, (_, n) => toId(n + 1)));
    const keys = await look().keys("*");
    expect(keys).toHaveLength(21);
    for (const key of keys) {
      expect(key.startsWith(`${PREFIX}reply1:t:`)).toBe(true);
      expect(await look().pttl(key)).toBeGreaterThan(0);
    }
  });

  it("make room by their bytes too, and stay here where they are too large for Redis", async () => {
    const replies = open().replies("t");
    const large = "x".repeat(15 << 20);
    for (let n = 6; n > 0; n--) expect(await replies.put(toId(n), large)).toBe(true);
    expect(await replies.list()).toEqual([1, 2, 3, 4].map(toId));
    expect((await replies.get(toId(1)))?.length).toBe(large.length);
    expect(await look().exists(`${PREFIX}reply1:t:value:${toId(5)}`)).toBe(0);
    expect(await replies.put(toId(7), large + large)).toBe(true);
    expect((await replies.get(toId(7)))?.length).toBe(2 * large.length);
    expect(await open().replies("t").get(toId(7))).toBeUndefined();
  });

  it("are not named any more once they have ended, when another comes", async () => {
    const replies = open({ maxAgeMs: 200 }).replies("t");
    await replies.put(toId(1), "{");
    await vi.waitFor(async () => expect(await replies.get(toId(1))).toBeUndefined());
    await replies.put(toId(2), "{");
    expect(await replies.list()).toEqual([toId(2)]);
  });

  it("are kept here while Redis takes nothing, and there when it does", { timeout: 20_000 }, async () => {
    const replica = open();
    const replies = replica.replies("t");
    await replies.put(toId(1), "before");
    await look().config("SET", "maxmemory", "1");
    expect(await replies.put(toId(2), "full")).toBe(true);
    expect(await replies.list()).toEqual([toId(2), toId(1)]);
    await look().config("SET", "maxmemory", "0");
    await server().kill();
    expect(await replies.put(toId(3), "gone")).toBe(true);
    expect(await replies.get(toId(3))).toBe("gone");
    expect(await replies.list()).toEqual([toId(3), toId(2)]);
    await server().start();
    await replica.flush(10_000);
    const other = open().replies("t");
    expect(await other.get(toId(2))).toBe("full");
    expect(await other.get(toId(3))).toBe("gone");
  });
});

describeRedis("a list of what is kept", ({ open }) => {
  it("names those of a target alone, whoever has put them, at most so many", async () => {
    const [a, b] = [open().snapshots("t"), open().snapshots("t")];
    const of = (target: string, taskId: string, ageMs: number) =>
      makeSnapshot({ taskId, fetchedAt: NOW - ageMs, request: { target }, requestKey: OTHER_KEY });
    const [old, young] = [of("acme.example", "1", 3000), of("acme.example", "2", 2000)];
    await a.put(young);
    await b.put(old);
    await a.put(of("shop.example", "3", 1000));
    for (const store of [a, b]) {
      expect((await store.list("acme.example")).map(({ id }) => id)).toEqual([young.id, old.id]);
      expect((await store.list("acme.example", 1)).map(({ id }) => id)).toEqual([young.id]);
      expect(await store.list("other.example")).toEqual([]);
    }
  });
});

describeRedis("a probe", ({ open, look, server }) => {
  it("finds out that Redis is there but takes no writes, and that it takes them again", async () => {
    const replica = open();
    await vi.waitFor(() => expect(replica.isReady()).toBe(true));
    await look().config("SET", "maxmemory", "1");
    await replica.probe();
    expect(replica.isReady()).toBe(false);
    await look().config("SET", "maxmemory", "0");
    await vi.waitFor(
      async () => {
        await replica.probe();
        expect(replica.isReady()).toBe(true);
      },
      { timeout: 10_000 },
    );
  });

  it("is not ready where Redis stands still", { timeout: 20_000 }, async () => {
    const link = createRedisLink({ url: server().url, prefix: PREFIX, onProblem: () => {} });
    await vi.waitFor(() => expect(link.isReady()).toBe(true));
    server().freeze();
    await link.probe();
    expect(link.isReady()).toBe(false);
    server().thaw();
    link.close();
  });
});
