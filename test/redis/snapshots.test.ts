import { expect, it, vi } from "vitest";
import { encodeSnapshot } from "../../src/store/snapshot-file.ts";
import { KEY, makeSnapshot, OTHER_KEY } from "../unit/store/make-snapshot.ts";
import { describeRedis, PREFIX } from "./rooms.ts";

const NOW = Date.now();
const older = makeSnapshot({ taskId: "a", fetchedAt: NOW - 2000 });
const newer = makeSnapshot({ taskId: "b", fetchedAt: NOW - 1000 });
const other = makeSnapshot({ taskId: "c", fetchedAt: NOW, requestKey: OTHER_KEY });

describeRedis("snapshots that replicas share", ({ open, look }) => {
  it("are read by a replica that did not put them, whole and newest first", async () => {
    const [a, b] = [open().snapshots("t"), open().snapshots("t")];
    expect(await a.put(older)).toEqual({ where: "disk" });
    await a.put(other);
    await a.put(newer);
    expect(await b.get(older.id)).toEqual(older);
    expect(await b.newest(KEY)).toEqual(newer);
    expect((await b.list()).map(({ id }) => id)).toEqual([other.id, newer.id, older.id]);
    expect(await b.newest("e".repeat(32))).toBeUndefined();
  });

  it("are the same object each time, also when two ask at once", async () => {
    const [a, b] = [open().snapshots("t"), open().snapshots("t")];
    await a.put(newer);
    const [first, second] = await Promise.all([b.get(newer.id), b.get(newer.id)]);
    expect(first).toEqual(newer);
    expect(second).toBe(first);
    expect(await b.get(newer.id)).toBe(first);
    expect(await b.newest(KEY)).toBe(first);
    expect(await a.newest(KEY)).toBe(newer);
  });

  it("give way to what another replica has bought since", async () => {
    const [a, b] = [open().snapshots("t"), open().snapshots("t")];
    await a.put(older);
    expect(await a.newest(KEY)).toBe(older);
    await b.put(newer);
    expect(await a.newest(KEY)).toEqual(newer);
    await b.put(makeSnapshot({ taskId: "late", fetchedAt: NOW - 9000 }));
    expect((await a.newest(KEY))?.id).toBe(newer.id);
  });

  it("are listed without their bodies being read", async () => {
    const [a, b] = [open().snapshots("t"), open().snapshots("t")];
    await a.put(newer);
    await look().config("RESETSTAT");
    const [info] = await b.list();
    expect(info).toMatchObject({ id: newer.id, pageCount: 1 });
    await b.list();
    const stats = await look().info("commandstats");
    expect(stats).not.toContain("cmdstat_get:");
    // The second time the headers are known.
    expect(stats).toContain("cmdstat_mget:calls=1,");
  });

  it("are asked for the newest in one round trip when memory has it", async () => {
    const store = open().snapshots("t");
    await store.put(newer);
    await look().config("RESETSTAT");
    await store.newest(KEY);
    const stats = await look().info("commandstats");
    expect(stats).toContain("cmdstat_zrevrangebylex:calls=1,");
    expect(stats).not.toContain("cmdstat_get:");
  });

  it.each([
    ["one", "another"],
    ["a", "a:value"],
    ["x:names", "x"],
    ["*", "~"],
    ["A", "a"],
    ["tenant\n1", "tenant 1"],
    ["../other", "other"],
    ["", "default"],
  ])("of tenant %j are none of tenant %j's", async (one, another) => {
    const replica = open();
    await replica.snapshots(one).put(newer);
    for (const stranger of [replica.snapshots(another), open().snapshots(another)]) {
      expect(await stranger.get(newer.id)).toBeUndefined();
      expect(await stranger.newest(KEY)).toBeUndefined();
      expect(await stranger.list()).toEqual([]);
      expect(await stranger.gone(newer.id)).toBeUndefined();
    }
    expect(await open().snapshots(one).get(newer.id)).toEqual(newer);
  });

  it("have keys that begin with the prefix and end by themselves", async () => {
    await open().snapshots("t").put(newer);
    const keys = await look().keys("*");
    expect(keys).toHaveLength(4);
    for (const key of keys) {
      expect(key.startsWith(PREFIX)).toBe(true);
      expect(await look().pttl(key)).toBeGreaterThan(0);
    }
  });

  it("expire, and are remembered as gone to buy them again by", async () => {
    const replica = open({ maxAgeMs: 300 });
    await replica.snapshots("t").put(newer);
    const stranger = open({ maxAgeMs: 300 }).snapshots("t");
    expect(await stranger.gone(newer.id)).toBeUndefined();
    await vi.waitFor(async () => expect(await open().snapshots("t").get(newer.id)).toBeUndefined());
    await vi.waitFor(async () => expect(await stranger.list()).toEqual([]));
    expect(await stranger.newest(KEY)).toBeUndefined();
    expect(await stranger.gone(newer.id)).toMatchObject({ id: newer.id, request: newer.request });
    expect(await stranger.gone("s_00000000")).toBeUndefined();
  });

  it("leave no names of what has expired behind when others are put", async () => {
    const short = open({ maxAgeMs: 50 }).snapshots("t");
    await short.put(older);
    const store = open().snapshots("t");
    await store.put(newer);
    await vi.waitFor(async () => {
      await store.put(newer);
      expect(await look().zcard(`${PREFIX}snap1:t:names`)).toBe(1);
    });
    expect(await look().zcard(`${PREFIX}snap1:t:expiry`)).toBe(1);
  });

  it("that are damaged count as not there, are set aside and reported", async () => {
    await open().snapshots("t").put(older);
    await open().snapshots("t").put(newer);
    const value = `${PREFIX}snap1:t:value:${newer.id}`;
    const bytes = (await look().getBuffer(value)) ?? Buffer.alloc(0);
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
    await look().set(value, bytes);
    const replica = open();
    expect(await replica.snapshots("t").newest(KEY)).toEqual(older);
    expect(replica.problems).toEqual([{ kind: "damaged", what: "snapshot", id: newer.id }]);
    expect(await replica.snapshots("t").get(newer.id)).toBeUndefined();
    expect((await replica.snapshots("t").list()).map(({ id }) => id)).toEqual([older.id]);
    expect(await look().exists(`${PREFIX}snap1:t:aside:${newer.id}`)).toBe(1);
    await open().snapshots("t").put(newer);
    expect(await replica.snapshots("t").newest(KEY)).toEqual(newer);
  });

  it("under another's id count as damaged", async () => {
    const replica = open();
    await replica.snapshots("t").put(older);
    await look().set(`${PREFIX}snap1:t:value:${newer.id}`, await encodeSnapshot(older));
    expect(await replica.snapshots("t").get(newer.id)).toBeUndefined();
    expect(replica.problems).toEqual([{ kind: "damaged", what: "snapshot", id: newer.id }]);
  });

  it("with a damaged header are left out of the list, and reported", async () => {
    await open().snapshots("t").put(newer);
    await look().set(`${PREFIX}snap1:t:header:${newer.id}`, "{}\n");
    const replica = open();
    expect(await replica.snapshots("t").list()).toEqual([]);
    expect(replica.problems).toEqual([{ kind: "damaged", what: "header", id: newer.id }]);
  });

  it.each(["", "s_", "s_0000000*", "../../x", "names", `${newer.id}\n`])("are none for the id %j", async (id) => {
    const store = open().snapshots("t");
    await store.put(newer);
    expect(await store.get(id)).toBeUndefined();
    expect(await store.gone(id)).toBeUndefined();
  });

  it("that cannot be named stay in memory", async () => {
    const store = open().snapshots("t");
    const odd = makeSnapshot({ requestKey: "odd" });
    expect(await store.put(odd)).toMatchObject({ where: "memory" });
    expect(await store.get(odd.id)).toBe(odd);
    expect(await store.newest("odd")).toBe(odd);
    expect((await store.list()).map(({ id }) => id)).toEqual([odd.id]);
  });
});

describeRedis("a full Redis", ({ open, look }) => {
  it("gets a snapshot when there is room; until then it is read here", async () => {
    const replica = open();
    await replica.snapshots("t").list();
    await look().config("SET", "maxmemory", "1");
    expect(await replica.snapshots("t").put(newer)).toEqual({
      where: "memory",
      problem: "the shared store does not take it yet, OOM",
    });
    expect(replica.problems).toEqual([{ kind: "waits", what: "snapshot", code: "OOM" }]);
    expect(await replica.snapshots("t").get(newer.id)).toBe(newer);
    await look().config("SET", "maxmemory", "0");
    await replica.flush(10_000);
    expect(await open().snapshots("t").newest(KEY)).toEqual(newer);
  });
});
