import { expect, it, vi } from "vitest";
import { encodeSnapshot } from "../../src/store/snapshot-file.ts";
import { toSnapshotFile } from "../../src/store/snapshot-name.ts";
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
    expect(info).toMatchObject({ id: newer.id, itemCount: 1 });
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
    expect(keys).toHaveLength(6);
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

describeRedis("snapshots of a target", ({ open, look }) => {
  const key = (...parts: string[]) => `${PREFIX}snap1:t:${parts.join(":")}`;
  const all = ["a", "b", "a", "c"].map((name, at) =>
    makeSnapshot({ taskId: `t${at}`, fetchedAt: NOW - at, request: { target: `${name}.example` } }),
  );
  const ofA = [all[0]?.id, all[2]?.id];
  const putAll = async () => {
    for (const each of all) await open().snapshots("t").put(each);
  };
  const idsOf = async (target: string, newest?: number, store = open().snapshots("t")) =>
    (await store.list(target, newest)).map(({ id }) => id);
  /** How often a command was sent or run by a script while something was asked. */
  const countOf = async (command: string, ask: () => Promise<unknown>): Promise<number> => {
    await look().config("RESETSTAT");
    await ask();
    const stats = await look().info("commandstats");
    return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
  };
  /** As a version without sets of targets leaves it. */
  const forgetIndex = async () => {
    await look().del(key("indexed"), ...(await look().keys(key("target", "*"))));
  };

  it("are told without a look at others", async () => {
    await putAll();
    expect(await idsOf("a.example")).toEqual(ofA);
    expect(await idsOf("a.example", 1)).toEqual(ofA.slice(0, 1));
    expect(await idsOf("d.example")).toEqual([]);
    // Of another target, the header would be reported.
    await look().set(key("header", all[1]?.id ?? ""), "{}\n");
    const replica = open();
    expect(await idsOf("a.example", undefined, replica.snapshots("t"))).toEqual(ofA);
    expect(replica.problems).toEqual([]);
    expect(await countOf("zrange", () => idsOf("a.example"))).toBe(0);
  });

  it("are found of versions before, which told no targets, and after one look without another", async () => {
    await putAll();
    await forgetIndex();
    const store = open().snapshots("t");
    const asked = await Promise.all(["a", "b", "c", "d"].map((name) => idsOf(`${name}.example`, undefined, store)));
    expect(asked).toEqual([ofA, [all[1]?.id], [all[3]?.id], []]);
    expect(await countOf("zrange", () => idsOf("a.example"))).toBe(0);
    for (const each of [key("indexed"), key("target", "a.example")]) {
      expect(await look().pttl(each)).toBeGreaterThan(0);
    }
  });

  it("are found of a version before that runs beside this one", async () => {
    await putAll();
    await look().srem(key("indexed"), toSnapshotFile(all[2] ?? newer) ?? "");
    await look().del(key("target", "a.example"));
    await look().sadd(key("target", "a.example"), toSnapshotFile(all[0] ?? newer) ?? "");
    expect(await idsOf("a.example")).toEqual(ofA);
  });

  it("have been found out once, also where a header is damaged", async () => {
    await putAll();
    await forgetIndex();
    await look().set(key("header", all[3]?.id ?? ""), "{}\n");
    const replica = open();
    expect(await idsOf("a.example", undefined, replica.snapshots("t"))).toEqual(ofA);
    expect(replica.problems).toEqual([{ kind: "damaged", what: "header", id: all[3]?.id }]);
    expect(await countOf("zrange", () => idsOf("a.example"))).toBe(0);
  });

  it("leave the sets when they are set aside, or when a version before took them out", async () => {
    await putAll();
    const value = key("value", all[0]?.id ?? "");
    await look().set(value, "damaged");
    const replica = open();
    expect(await replica.snapshots("t").get(all[0]?.id ?? "")).toBeUndefined();
    expect(await idsOf("a.example")).toEqual(ofA.slice(1));
    expect(await look().scard(key("target", "a.example"))).toBe(1);
    await look().zrem(key("names"), toSnapshotFile(all[1] ?? newer) ?? "");
    expect(await idsOf("b.example")).toEqual([]);
    expect(await look().scard(key("indexed"))).toBe(2);
  });

  it("are told of thousands, more than are remembered", async () => {
    const store = open().snapshots("t");
    const many = Array.from({ length: 2100 }, (_, at) => makeSnapshot({ taskId: `m${at}`, fetchedAt: NOW - at }));
    for (let at = 0; at < many.length; at += 100) {
      await Promise.all(many.slice(at, at + 100).map((each) => store.put(each)));
    }
    const stranger = open().snapshots("t");
    for (let round = 0; round < 2; round += 1) {
      expect((await stranger.list()).map(({ id }) => id)).toEqual(many.map(({ id }) => id));
    }
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
