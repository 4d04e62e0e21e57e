import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMemoryReplies } from "../../../src/store/kept-replies.ts";
import { createMemoryStore, createMemoryStores, createNoStore } from "../../../src/store/memory-store.ts";
import { toSnapshotInfo } from "../../../src/store/snapshot-name.ts";
import type { SnapshotStore } from "../../../src/store/snapshot-store.ts";
import { KEY, makeSnapshot, OTHER_KEY } from "./make-snapshot.ts";

describe("memory store", () => {
  /** Somewhat more than a page of `snapshotOf` takes in memory. */
  const PAGE_BYTES = 102_000;

  function snapshotOf(pages: number, taskId = `t${pages}`, fetchedAt: number | null = 0) {
    const meta = { description: "d".repeat(50_000) };
    const items = Array.from({ length: pages }, (_, index) => ({ page: `https://acme.example/${index}`, meta }));
    return makeSnapshot({ items, taskId, fetchedAt });
  }

  const idsOf = async (store: SnapshotStore) => (await store.list()).map(({ id }) => id);

  describe("createMemoryStore", () => {
    it("gives back what was put, the same object, and nothing for an unknown id", async () => {
      const store = createMemoryStore();
      const snapshot = snapshotOf(3);
      expect(await store.put(snapshot)).toEqual({ where: "memory" });
      expect(await store.get(snapshot.id)).toBe(snapshot);
      expect(await store.get("s_unknown0")).toBeUndefined();
    });

    it("lists the newest first, without pages, one put again among them", async () => {
      const store = createMemoryStore();
      const [a, b, c] = [snapshotOf(1, "a"), snapshotOf(1, "b"), snapshotOf(2, "c", 5)];
      for (const each of [a, c, b, a]) await store.put(each);
      expect(await idsOf(store)).toEqual([c.id, a.id, b.id]);
      const { items: _pages, oddFields: _odd, upstreamCostUsd: _cost, ...info } = c;
      expect((await store.list())[0]).toEqual({ ...info, itemCount: 2 });
    });

    it("finds the newest of a key: the one fetched last, and of equals the one put last", async () => {
      const store = createMemoryStore();
      const [undated, old, recent] = [snapshotOf(1, "a", null), snapshotOf(1, "b", 1), snapshotOf(1, "c", 2)];
      expect(await store.newest(KEY)).toBeUndefined();
      for (const each of [recent, old, undated]) await store.put(each);
      expect(await store.newest(KEY)).toBe(recent);
      const again = snapshotOf(1, "d", 2);
      await store.put(again);
      expect(await store.newest(KEY)).toBe(again);
      expect(await store.newest(OTHER_KEY)).toBeUndefined();
    });

    it("makes room by dropping what was put longest ago", async () => {
      const store = createMemoryStore({ maxBytes: 10 * PAGE_BYTES });
      const [a, b, c] = [snapshotOf(4, "a", 9), snapshotOf(4, "b"), snapshotOf(4, "c")];
      for (const each of [a, b, c]) await store.put(each);
      expect(await idsOf(store)).toEqual([c.id, b.id]);
      expect(await store.get(a.id)).toBeUndefined();
    });

    it("keeps the newest even when it alone is too large", async () => {
      const store = createMemoryStore({ maxBytes: 10 * PAGE_BYTES });
      const large = snapshotOf(50);
      await store.put(snapshotOf(2));
      await store.put(large);
      expect(await idsOf(store)).toEqual([large.id]);
    });

    it("bounds snapshots without pages too", async () => {
      const store = createMemoryStore({ maxBytes: 50_000 });
      for (let index = 0; index < 100; index++) await store.put(snapshotOf(0, `empty ${index}`));
      expect((await store.list()).length).toBeLessThan(15);
    });

    it.each([
      ["a text", { meta: { title: "x".repeat(1_000_000) } }],
      ["many texts", { anything: Array.from({ length: 1000 }, () => ({ x: "y".repeat(1000) })) }],
      ["a name", { page_summary: { ["z".repeat(1_000_000)]: 1 } }],
      ["many numbers", { numbers: Array.from({ length: 100_000 }, (_, index) => index) }],
      ["many levels", JSON.parse(`${'{"a":'.repeat(5000)}"${"b".repeat(1_000_000)}"${"}".repeat(5000)}`)],
    ])("weighs %s of a page, not the page", async (_name, item) => {
      const store = createMemoryStore({ maxBytes: 3_000_000 });
      for (const taskId of ["a", "b", "c"]) await store.put(makeSnapshot({ items: [item], taskId }));
      expect((await store.list()).length).toBeLessThan(3);
    });

    it("remembers what it dropped, until that is put again", async () => {
      const store = createMemoryStore({ maxBytes: 10 * PAGE_BYTES });
      const [a, b] = [snapshotOf(4, "a"), snapshotOf(8, "b")];
      await store.put(a);
      expect(await store.gone(a.id)).toBeUndefined();
      await store.put(b);
      expect(await store.gone(a.id)).toEqual(toSnapshotInfo(a));
      expect(await store.gone(b.id)).toBeUndefined();
      expect(await store.newest(KEY)).toBe(b);
      await store.put(a);
      expect(await store.gone(a.id)).toBeUndefined();
      expect(await store.gone(b.id)).toEqual(toSnapshotInfo(b));
    });

    it("remembers the last 1,000 that it dropped", async () => {
      const store = createMemoryStore({ maxBytes: 1 });
      const all = Array.from({ length: 1003 }, (_, index) => snapshotOf(0, `empty ${index}`));
      for (const each of all) await store.put(each);
      const gone = await Promise.all(all.map(({ id }) => store.gone(id)));
      expect(gone.map((info) => info === undefined)).toEqual([true, true, ...Array(1000).fill(false), true]);
    });

    it("never holds more than allowed, whatever is put in whichever order", async () => {
      const puts = fc.array(fc.record({ pages: fc.nat(12), task: fc.nat(6) }), { maxLength: 60 });
      await fc.assert(
        fc.asyncProperty(puts, async (all) => {
          const store = createMemoryStore({ maxBytes: 20 * PAGE_BYTES });
          for (const { pages, task } of all) {
            const snapshot = snapshotOf(pages, `t${task}`);
            await store.put(snapshot);
            const list = await store.list();
            expect(list[0]?.id).toBe(snapshot.id);
            expect(list.reduce((sum, { itemCount }) => sum + itemCount, 0)).toBeLessThanOrEqual(20);
          }
        }),
      );
    });
  });

  it("a store that keeps nothing remembers nothing", async () => {
    const store = createNoStore();
    await store.put(snapshotOf(1));
    expect(await store.gone(snapshotOf(1).id)).toBeUndefined();
    expect(await store.list()).toEqual([]);
  });

  describe("createMemoryStores", () => {
    it("shows each tenant its own alone, also where two have bought the same", async () => {
      const storeOf = createMemoryStores();
      const [ours, theirs] = [storeOf("ours"), storeOf("theirs")];
      const snapshot = snapshotOf(3);
      await ours.put(snapshot);
      expect([await theirs.get(snapshot.id), await theirs.newest(snapshot.requestKey)]).toEqual([undefined, undefined]);
      expect(await theirs.list()).toEqual([]);
      expect(await theirs.get(`${snapshot.id}\nours`)).toBeUndefined();
      await theirs.put(snapshot);
      expect([await idsOf(ours), await idsOf(theirs)]).toEqual([[snapshot.id], [snapshot.id]]);
      expect(await storeOf("ours").get(snapshot.id)).toBe(snapshot);
    });

    it("bounds what all hold together, and remembers for each what has gone", async () => {
      const storeOf = createMemoryStores({ maxBytes: 10 * PAGE_BYTES });
      const [first, second] = [snapshotOf(6, "first"), snapshotOf(7, "second")];
      await storeOf("ours").put(first);
      await storeOf("theirs").put(second);
      expect(await idsOf(storeOf("ours"))).toEqual([]);
      expect(await idsOf(storeOf("theirs"))).toEqual([second.id]);
      expect(await storeOf("ours").gone(first.id)).toEqual(toSnapshotInfo(first));
      expect(await storeOf("theirs").gone(first.id)).toBeUndefined();
    });
  });
});

const toId = (n: number) => `u_${String(n).padStart(8, "0")}`;

describe("replies in memory", () => {
  it("are those of their tenant, the newest first, at most twenty each", async () => {
    const of = createMemoryReplies();
    await of("b").put(toId(1), "of b");
    for (let n = 25; n > 0; n--) await of("a").put(toId(n), `of a ${n}`);
    expect(await of("a").list()).toEqual(Array.from({ length: 20 }, (_, n) => toId(n + 1)));
    expect(await of("b").list()).toEqual([toId(1)]);
    expect(await of("b").get(toId(1))).toBe("of b");
    expect(await of("a").get(toId(1))).toBe("of a 1");
    expect(await of("c").get(toId(1))).toBeUndefined();
  });

  it("make room for those of other tenants, and one that is larger than all is not kept", async () => {
    const of = createMemoryReplies();
    const large = "x".repeat(24 << 20);
    for (const tenant of ["a", "b", "c"]) expect(await of(tenant).put(toId(1), large)).toBe(true);
    expect(await of("a").get(toId(1))).toBeUndefined();
    expect(await of("c").list()).toEqual([toId(1)]);
    expect(await of("d").put(toId(1), "x".repeat((64 << 20) + 1))).toBe(false);
    expect(await of("b").list()).toEqual([toId(1)]);
  });
});
