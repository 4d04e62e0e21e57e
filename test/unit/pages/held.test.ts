import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/errors.ts";
import { otherTargetOf, partAnswers } from "../../../src/lists/endpoint-answer.ts";
import { createFindSnapshot } from "../../../src/lists/find-snapshot.ts";
import { cutSlice, findHeld, findKept, withBeside } from "../../../src/lists/held.ts";
import type { EndpointAnswer, Snapshot } from "../../../src/lists/snapshot.ts";
import { buildAnswer } from "../../../src/pages/answer/answer.ts";
import { measureCoverage } from "../../../src/pages/answer/header-facts.ts";
import { renderStructured, renderText } from "../../../src/pages/answer/render-answer.ts";
import type { PagesRequest } from "../../../src/pages/body.ts";
import { DOMAIN_PAGES, OF_PAGES, type PagesSnapshot } from "../../../src/pages/domain-pages.ts";
import { renderSummary } from "../../../src/pages/export/report.ts";
import { SNAPSHOT_FILES } from "../../../src/pages/export/snapshot-files.ts";
import { createGetPages } from "../../../src/pages/get-pages.ts";
import { renderQueryStructured, renderQueryText } from "../../../src/pages/query/query-pages.ts";
import { toSnapshotView } from "../../../src/pages/view/snapshot-view.ts";
import { toSnapshotFile } from "../../../src/pages/view/view-file.ts";
import { createMemoryStore } from "../../../src/store/memory-store.ts";
import { toSnapshotInfo } from "../../../src/store/snapshot-name.ts";
import { makeSnapshot } from "../../support/make-snapshot.ts";
import { ask } from "./query/ask.ts";

describe("held", () => {
  /** What an upstream with a list of this length answers. */
  function answer(length: number, { limit = 100, offset = 0, ...rest }: Partial<PagesRequest> = {}): PagesSnapshot {
    const all = Array.from({ length }, (_, index) => ({ url: `https://acme.example/${index}` }));
    const request = { ...rest, limit, offset };
    return makeSnapshot({ items: all.slice(offset, offset + limit), request, totalCount: length });
  }

  const ask = (asked: Partial<PagesRequest>): PagesRequest => ({ target: "acme.example", ...asked });

  function sliceOf(kept: PagesSnapshot, asked: Partial<PagesRequest>): Snapshot | undefined {
    const held = findHeld(DOMAIN_PAGES, toSnapshotInfo(kept), ask(asked), "aisa");
    return held && cutSlice(kept, held, ask(asked));
  }

  const urls = (snapshot: Snapshot | undefined) => snapshot?.items.map(({ url }) => url);

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
        items: [{ handle: "p41" }, { handle: "p42" }],
        sliceOf: { from: 40, items: 93 },
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
      expect(findHeld(DOMAIN_PAGES, info, ask({ limit: 10, tag: "march" }), "aisa")).toEqual({ from: 0, to: 10 });
      expect(findHeld(DOMAIN_PAGES, info, ask({ limit: 10 }), "sandbox")).toBeUndefined();
    });

    it("that stopped short of its own limit answers only for what it has", () => {
      const cut = { ...answer(93, { limit: 60 }), totalCount: 93 };
      const short = { ...cut, items: cut.items.slice(0, 30) };
      expect(sliceOf(short, { limit: 30 })).toBeDefined();
      expect(sliceOf(short, { limit: 40 })).toBeUndefined();
      expect(sliceOf({ ...short, totalCount: null }, { limit: 40 })).toBeUndefined();
    });
  });

  describe("the kept answer to a request", () => {
    const wanted = (asked: Partial<PagesRequest>) => ({
      endpoint: DOMAIN_PAGES,
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
      expect(fresh).toMatchObject({ id: whole.id, sliceOf: { from: 0, items: 93 } });
      expect(await findKept({ ...wanted({ limit: 10 }), willDo: () => false }, store)).toBeUndefined();
    });
  });
});

describe("several kept snapshots of one list", () => {
  const DAY_MS = 86_400_000;
  const NOW = Date.UTC(2026, 6, 8, 15);

  /** What an upstream with a list of 93 answers to each, kept one after the other; then the first one, as it is found. */
  async function findFirst(
    requests: Partial<PagesRequest & { at: number }>[],
    totalCount = 93,
  ): Promise<PagesSnapshot> {
    const store = createMemoryStore();
    const all = Array.from({ length: totalCount }, (_, index) => ({
      url: `https://acme.example/${index}`,
      status: 200,
      summary: { backlinks: 1000 - index, rank: 1000 - index },
    }));
    const made = requests.map(({ at = 0, ...request }, index) => {
      const { limit = 100, offset = 0 } = request;
      return makeSnapshot({
        items: all.slice(offset, offset + limit),
        request,
        totalCount,
        fetchedAt: NOW - at + index,
      });
    });
    for (const each of made) await store.put(each);
    return createFindSnapshot({ ...OF_PAGES, snapshots: store, freshMs: DAY_MS, now: () => NOW })({
      snapshotId: made[0]?.id ?? "",
    });
  }

  /** Every way in which the coverage of a snapshot is told, as one text each. */
  async function tell(snapshot: PagesSnapshot): Promise<Record<string, string>> {
    const answer = buildAnswer(snapshot, { maxTokens: 100_000, surface: "mcp" });
    const query = ask(snapshot, {});
    return {
      text: renderText(answer),
      data: JSON.stringify(renderStructured(answer)),
      query: renderQueryText(query),
      "query as data": JSON.stringify(renderQueryStructured(query)),
      summary: renderSummary(snapshot),
      report: (await SNAPSHOT_FILES["report.md"].render(snapshot)).replaceAll("\\", ""),
      view: JSON.stringify(toSnapshotView(snapshot).head),
      "view as a file": JSON.stringify(toSnapshotFile(snapshot)),
    };
  }

  it("that together hold all of it are named for what they hold, and nothing is called not fetched", async () => {
    const first = await findFirst([{ limit: 10 }, { limit: 40, offset: 10 }, { limit: 50, offset: 45 }]);
    const [second, third] = first.beside?.toReversed() ?? [];
    for (const [where, words] of Object.entries(await tell(first))) {
      expect([where, words]).toEqual([
        where,
        expect.stringContaining(`URLs 11-50 are kept in ${second?.id}, 51-93 in ${third?.id}`),
      ]);
      expect([where, words]).toEqual([
        where,
        expect.not.stringMatching(/[^_]not fetched|may match too|next, paid|paid: /),
      ]);
    }
  });

  it("that leave a gap name the gap alone, and the call that buys exactly that", async () => {
    const first = await findFirst([
      { limit: 10, backlinks_status_type: "all" },
      { limit: 30, offset: 20, backlinks_status_type: "all" },
      { limit: 100, offset: 60, backlinks_status_type: "all" },
    ]);
    for (const [where, words] of Object.entries(await tell(first))) {
      expect([where, words]).toEqual([where, expect.stringMatching(/URLs 11-20, 51-60/)]);
      expect([where, words]).toEqual([where, expect.stringMatching(/URLs 21-50 are kept in s_\w+, 61-93 in s_\w+/)]);
    }
    const { next } = buildAnswer(first, { maxTokens: 1500, surface: "mcp" });
    expect(next.at(-1)).toEqual({
      cost: "paid",
      call: `get_domain_pages {"target":"acme.example","limit":10,"backlinks_status_type":"all","offset":10}`,
      gain: "URLs 11-20, which no kept snapshot holds",
    });
    expect(ask(first, {}).next.at(-1)).toEqual(next.at(-1));
  });

  it("say so of a later part too, whose gap may stand before it", async () => {
    const later = await findFirst([{ limit: 50, offset: 50 }, { limit: 40 }]);
    const { coverage, next } = buildAnswer(later, { maxTokens: 1500, surface: "mcp" });
    expect(coverage.elsewhere).toMatchObject({ kept: [{ from: 0, to: 40 }], gaps: [{ from: 40, to: 50 }] });
    expect(next.at(-1)?.call).toBe('get_domain_pages {"target":"acme.example","limit":10,"offset":40}');
  });

  it.each<[string, Partial<PagesRequest & { at: number }>]>([
    ["of another request", { offset: 10, order_by: [{ field: "page_summary.backlinks", direction: "desc" }] }],
    ["of other backlinks", { offset: 10, backlinks_status_type: "all" }],
    ["of another day", { offset: 10, at: 2 * DAY_MS }],
    ["that holds the same pages only", { limit: 5 }],
  ])("do not stand in for what is missing where the other is one %s", async (_what, other) => {
    const first = await findFirst([{ limit: 10 }, other]);
    const { coverage, next } = buildAnswer(first, { maxTokens: 1500, surface: "mcp" });
    expect(coverage).toMatchObject({ itemsNotFetched: 83 });
    expect(coverage.elsewhere).toBeUndefined();
    expect(next.at(-1)).toMatchObject({ cost: "paid", gain: "up to 1000 URLs in one call" });
  });

  it("cover a list without a hole, and each place once, whatever was bought", async () => {
    const part = fc.record({ limit: fc.integer({ min: 1, max: 30 }), offset: fc.integer({ min: 0, max: 60 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 6 }), async (parts) => {
        const first = await findFirst(parts, 50);
        const bought = new Set(
          parts.flatMap(({ limit, offset }) => Array.from({ length: limit }, (_, at) => offset + at)),
        );
        const own = parts[0] ?? { limit: 0, offset: 0 };
        const { elsewhere } = measureCoverage(first);
        const isOwn = (at: number) => at >= own.offset && at < own.offset + own.limit;
        const rest = Array.from({ length: 50 }, (_, at) => at).filter((at) => !isOwn(at));
        const spread = (ranges: readonly { from: number; to: number }[]) =>
          ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at));
        if (elsewhere === undefined) expect(rest.filter((at) => bought.has(at))).toEqual([]);
        else {
          expect(spread(elsewhere.kept)).toEqual(rest.filter((at) => bought.has(at)));
          expect(spread(elsewhere.gaps)).toEqual(rest.filter((at) => !bought.has(at)));
        }
      }),
    );
  });

  it("count an item that was none as fetched", async () => {
    const store = createMemoryStore();
    const url = (at: number) => ({ url: `https://acme.example/${at}` });
    const [first, second] = [
      makeSnapshot({ items: [url(0), url(1)], request: { limit: 2 }, totalCount: 5, fetchedAt: 1 }),
      makeSnapshot({ items: [url(2), url(2), url(3)], request: { limit: 3, offset: 2 }, totalCount: 5, fetchedAt: 2 }),
    ];
    for (const each of [first, second]) await store.put(each);
    const found = await withBeside(first, {
      endpoint: DOMAIN_PAGES,
      snapshots: store,
      gateway: "aisa",
      freshMs: DAY_MS,
    });
    expect(measureCoverage(found).elsewhere).toEqual({ kept: [{ id: second.id, from: 2, to: 5 }], gaps: [] });
    // What is worked out of a snapshot is worked out once.
    expect(
      await withBeside(first, { endpoint: DOMAIN_PAGES, snapshots: store, gateway: "aisa", freshMs: DAY_MS }),
    ).toBe(found);
  });

  it("are none of the answer's business where what is kept cannot be listed", async () => {
    const list = () => Promise.reject(new Error("the shared store cannot be reached"));
    const get = async () => undefined;
    const alone = makeSnapshot({ items: [{ url: "https://acme.example/" }], totalCount: 5 });
    expect(
      await withBeside(alone, { endpoint: DOMAIN_PAGES, snapshots: { get, list }, gateway: "aisa", freshMs: DAY_MS }),
    ).toBe(alone);
  });
});

const CALLER = { signal: new AbortController().signal, surface: "mcp" } as const;

function open(how: "bought" | "kept", leftUsd: () => Promise<number | null>) {
  return createGetPages({
    upstream: "test",
    buyList: async () => ({ snapshot: makeSnapshot(), how, notes: [] }),
    leftUsd,
    now: () => 0,
    freshMs: 0,
    rules: { allowUnknownFields: false, mapBareNames: true },
    maxTokens: 1500,
  });
}

describe("what is left of the budget", () => {
  it("stands in the answer to a purchase", async () => {
    const { delivery } = await open("bought", async () => 1.5)({ target: "acme.example" }, CALLER);
    expect(delivery?.leftUsd).toBe(1.5);
  });

  it("never keeps an answer back that was paid for, when the books cannot be read", async () => {
    const gone = async () => {
      throw new AppError("unavailable", "The shared store cannot be reached.");
    };
    const { delivery, snapshotId } = await open("bought", gone)({ target: "acme.example" }, CALLER);
    expect(delivery).toMatchObject({ how: "bought", leftUsd: null });
    expect(snapshotId).toMatch(/^s_/);
  });

  it("is not asked for where nothing was spent", async () => {
    const never = () => Promise.reject(new Error("asked"));
    const { delivery } = await open("kept", never)({ target: "acme.example" }, CALLER);
    expect(delivery?.leftUsd).toBeNull();
  });
});

describe("asked for", () => {
  const answer = (target: string | null, pages: unknown[] = [], echoed?: unknown): EndpointAnswer => ({
    taskId: null,
    version: null,
    echo: echoed === undefined ? null : { target: echoed },
    target,
    upstreamCostUsd: null,
    totalCount: pages.length,
    items: pages.map((page) => ({ page })),
  });

  describe("an answer", () => {
    it.each<[string, EndpointAnswer]>([
      ["in another case", answer("ACME.Example")],
      ["with www.", answer("www.acme.example")],
      ["as a URL", answer("https://acme.example/")],
      ["as its domain", answer("acme.example", ["https://acme.example/"])],
      ["as a subdomain", answer("shop.acme.example")],
      ["not at all, with pages of its own", answer(null, ["https://blog.acme.example/a", "https://other.example/"])],
      ["not at all, without pages", answer(null)],
      ["as what is no name", answer("?", [null, 5, ""])],
    ])("that names its target %s is of it", (_how, given) => {
      expect(otherTargetOf(DOMAIN_PAGES, given, "blog.acme.example")).toBeUndefined();
    });

    it("in punycode is of the same target", () => {
      expect(otherTargetOf(DOMAIN_PAGES, answer("müller.example"), "xn--mller-kva.example")).toBeUndefined();
    });

    it.each<[string, EndpointAnswer]>([
      ["in its result", answer("victim.example", ["https://acme.example/"])],
      ["in the request that it echoes", answer("acme.example", [], "victim.example")],
      ["in the request alone", answer(null, [], "victim.example")],
      ["by all of its pages", answer("acme.example", ["https://victim.example/a", "https://victim.example/b"])],
    ])("that names another target %s is of that", (_where, given) => {
      expect(otherTargetOf(DOMAIN_PAGES, given, "acme.example")).toBe("victim.example");
    });

    it("is found among others, wherever it stands", () => {
      const [own, other, second] = [
        answer("acme.example"),
        answer("victim.example"),
        answer("acme.example", [], "acme.example"),
      ];
      expect(partAnswers(DOMAIN_PAGES, "acme.example", [other, own, second])).toEqual({
        asked: own,
        unasked: [other, second],
      });
      expect(partAnswers(DOMAIN_PAGES, "acme.example", [other])).toEqual({ asked: undefined, unasked: [other] });
    });
  });
});
