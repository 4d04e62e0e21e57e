import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutSlice, findHeld, findKept } from "../../../src/pages/held.ts";
import type { PagesRequest } from "../../../src/pages/request.ts";
import type { Snapshot } from "../../../src/pages/snapshot.ts";
import { createMemoryStore } from "../../../src/store/memory-store.ts";
import { toSnapshotInfo } from "../../../src/store/snapshot-name.ts";
import { makeSnapshot } from "../../support/make-snapshot.ts";

/** What an upstream with a list of this length answers. */
function answer(length: number, { limit = 100, offset = 0, ...rest }: Partial<PagesRequest> = {}): Snapshot {
  const all = Array.from({ length }, (_, index) => ({ url: `https://acme.example/${index}` }));
  const request = { ...rest, limit, offset };
  return makeSnapshot({ items: all.slice(offset, offset + limit), request, totalCount: length });
}

const ask = (asked: Partial<PagesRequest>): PagesRequest => ({ target: "acme.example", ...asked });

function sliceOf(kept: Snapshot, asked: Partial<PagesRequest>): Snapshot | undefined {
  const held = findHeld(toSnapshotInfo(kept), ask(asked), "aisa");
  return held && cutSlice(kept, held, ask(asked));
}

const urls = (snapshot: Snapshot | undefined) => snapshot?.pages.map(({ url }) => url);

describe("a kept snapshot", () => {
  it("answers what it holds as the upstream would, and nothing else", () => {
    const range = fc.record({ limit: fc.integer({ min: 1, max: 40 }), offset: fc.integer({ min: 0, max: 40 }) });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), range, range, (length, keptRange, asked) => {
        const slice = sliceOf(answer(length, keptRange), asked);
        const wanted = answer(length, asked);
        if (slice !== undefined) expect(urls(slice)).toEqual(urls(wanted));
        const isInside =
          asked.offset >= keptRange.offset && asked.offset + asked.limit <= keptRange.offset + keptRange.limit;
        if (isInside) expect(slice).toBeDefined();
      }),
    );
  });

  it("that is the whole list answers every limit and every offset", () => {
    const whole = answer(93, { limit: 100 });
    expect(urls(sliceOf(whole, { limit: 1000 }))).toHaveLength(93);
    expect(urls(sliceOf(whole, { limit: 40, offset: 90 }))).toHaveLength(3);
    expect(urls(sliceOf(whole, { offset: 500 }))).toEqual([]);
    expect(sliceOf(whole, {})).toBe(whole);
  });

  it("keeps its id and its handles in a slice", () => {
    const slice = sliceOf(answer(93), { limit: 2, offset: 40 });
    expect(slice).toMatchObject({
      id: answer(93).id,
      request: { limit: 2, offset: 40 },
      pages: [{ handle: "p41" }, { handle: "p42" }],
      sliceOf: { from: 40, pages: 93 },
    });
  });

  it.each<[string, Partial<PagesRequest>]>([
    ["in another order", { order_by: [{ field: "page_summary.backlinks", direction: "desc" }] }],
    [
      "of another filter",
      { filters: { kind: "condition", field: "status_code", type: "num", operator: "=", value: 404 } },
    ],
    ["of other links", { backlinks_status_type: "lost" }],
    ["with longer lists", { internal_list_limit: 50 }],
    ["on another scale", { rank_scale: "one_hundred" }],
    ["of another target", { target: "shop.acme.example" }],
  ])("does not answer for a list %s", (_what, asked) => {
    expect(sliceOf(answer(93), { limit: 10, ...asked })).toBeUndefined();
  });

  it("answers whatever the label, and only for the upstream that was asked", () => {
    const info = toSnapshotInfo(answer(93));
    expect(findHeld(info, ask({ limit: 10, tag: "march" }), "aisa")).toEqual({ from: 0, to: 10 });
    expect(findHeld(info, ask({ limit: 10 }), "sandbox")).toBeUndefined();
  });

  it("that stopped short of its own limit answers only for what it has", () => {
    const cut = { ...answer(93, { limit: 60 }), totalCount: 93 };
    const short = { ...cut, pages: cut.pages.slice(0, 30) };
    expect(sliceOf(short, { limit: 30 })).toBeDefined();
    expect(sliceOf(short, { limit: 40 })).toBeUndefined();
    expect(sliceOf({ ...short, totalCount: null }, { limit: 40 })).toBeUndefined();
  });
});

describe("the kept answer to a request", () => {
  const wanted = (asked: Partial<PagesRequest>) => ({
    request: ask(asked),
    upstream: "aisa",
  });

  it("is the very same before one that holds it, and a fresh one that holds it before an old same one", async () => {
    const store = createMemoryStore();
    const [whole, same] = [answer(93), { ...answer(93, { limit: 10 }), fetchedAt: 5 }];
    for (const each of [whole, same]) await store.put(each);
    const any = await findKept({ ...wanted({ limit: 10 }), willDo: () => true }, store);
    expect(any).toBe(same);
    const fresh = await findKept(
      { ...wanted({ limit: 10 }), willDo: ({ fetchedAt }) => fetchedAt !== null && fetchedAt > 5 },
      store,
    );
    expect(fresh).toMatchObject({ id: whole.id, sliceOf: { from: 0, pages: 93 } });
    expect(await findKept({ ...wanted({ limit: 10 }), willDo: () => false }, store)).toBeUndefined();
  });
});
