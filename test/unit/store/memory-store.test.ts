import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Snapshot } from "../../../src/pages/snapshot/snapshot.ts";
import { createSnapshot } from "../../../src/pages/snapshot/snapshot.ts";
import { createMemoryStore } from "../../../src/store/memory-store.ts";

function snapshotOf(pages: number, taskId = `t${pages}`): Snapshot {
  const items = Array.from({ length: pages }, (_, index) => ({ page: `https://acme.example/${index}` }));
  return createSnapshot(
    { taskId, version: null, echo: null, target: null, upstreamCostUsd: null, totalCount: pages, items },
    { source: "sandbox", request: { target: "acme.example" }, fetchedAt: 0, charge: { kind: "none" } },
  );
}

describe("createMemoryStore", () => {
  it("gives back what was put, the same object, and nothing for an unknown id", () => {
    const store = createMemoryStore();
    const snapshot = snapshotOf(3);
    store.put(snapshot);
    expect(store.get(snapshot.id)).toBe(snapshot);
    expect(store.get("s_unknown0")).toBeUndefined();
  });

  it("lists the newest first, one put again among them", () => {
    const store = createMemoryStore();
    const [a, b] = [snapshotOf(1, "a"), snapshotOf(1, "b")];
    for (const each of [a, b, a]) store.put(each);
    expect(store.list()).toEqual([a, b]);
  });

  it("makes room by dropping the oldest", () => {
    const store = createMemoryStore({ maxPages: 10 });
    const [a, b, c] = [snapshotOf(4, "a"), snapshotOf(4, "b"), snapshotOf(4, "c")];
    for (const each of [a, b, c]) store.put(each);
    expect(store.list()).toEqual([c, b]);
    expect(store.get(a.id)).toBeUndefined();
  });

  it("keeps the newest even when it alone is too large", () => {
    const store = createMemoryStore({ maxPages: 10 });
    const large = snapshotOf(50);
    store.put(snapshotOf(2));
    store.put(large);
    expect(store.list()).toEqual([large]);
  });

  it("bounds snapshots without pages too", () => {
    const store = createMemoryStore({ maxPages: 10 });
    for (let index = 0; index < 100; index++) store.put(snapshotOf(0, `empty ${index}`));
    expect(store.list()).toHaveLength(10);
  });

  it("never holds more pages than allowed, whatever is put in whichever order", () => {
    const puts = fc.array(fc.record({ pages: fc.nat(12), task: fc.nat(6) }), { maxLength: 60 });
    fc.assert(
      fc.property(puts, (all) => {
        const store = createMemoryStore({ maxPages: 20 });
        for (const { pages, task } of all) {
          const snapshot = snapshotOf(pages, `t${task}`);
          store.put(snapshot);
          expect(store.list()[0]).toBe(snapshot);
          expect(store.list().reduce((sum, each) => sum + each.pages.length, 0)).toBeLessThanOrEqual(20);
        }
      }),
    );
  });
});
