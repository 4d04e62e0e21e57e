import { describe, expect, it } from "vitest";
import { AppError } from "../../../../src/errors.ts";
import type { EstimateDeps, Limits } from "../../../../src/lists/estimate/estimate-list.ts";
import { renderEstimateStructured, renderEstimateText } from "../../../../src/lists/estimate/render-estimate.ts";
import { toRequestKey } from "../../../../src/lists/request.ts";
import { DOMAIN_PAGES, type PagesSnapshot } from "../../../../src/pages/domain-pages.ts";
import { createEstimatePages } from "../../../../src/pages/get-pages.ts";
import { createMemoryStore } from "../../../../src/store/memory-store.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";

const NOW = Date.UTC(2026, 6, 8, 17, 0);
const HOUR_MS = 3_600_000;
const LIMITS: Limits = { leftUsd: 4.5, dailyUsd: 5, perCallUsd: 0.25, askAboveUsd: null, freshMs: 24 * HOUR_MS };

interface Setting extends Partial<Omit<EstimateDeps, "limits">> {
  limits?: Partial<Limits>;
  kept?: PagesSnapshot | PagesSnapshot[];
}

async function estimate(args: Record<string, unknown>, { kept = [], limits, ...deps }: Setting = {}) {
  const snapshots = createMemoryStore();
  for (const snapshot of [kept].flat()) await snapshots.put(snapshot);
  const estimatePages = createEstimatePages({
    source: "aisa",
    upstream: "aisa",
    snapshots,
    askPrice: async () => ({ kind: "quoted", usd: 0.048, mayExceed: false }),
    limits: async () => ({ ...LIMITS, ...limits }),
    now: () => NOW,
    rules: { allowUnknownFields: false, mapBareNames: true },
    maxTokens: 1500,
    ...deps,
  });
  const made = await estimatePages(args, { signal: new AbortController().signal, surface: "mcp" });
  return { text: renderEstimateText(made), data: renderEstimateStructured(made) };
}

/** An answer to the plain request for acme.example of 14:46 UTC, 93 pages in all. */
const KEPT = makeSnapshot({ items: [{ url: "https://acme.example/" }], totalCount: 93 });

describe("an estimate", () => {
  it("states request, price, kept answer, budget and size, in both forms", async () => {
    const { text, data } = await estimate({
      target: "https://acme.example/",
      limit: "1000",
      filters: ["rank", ">", 5],
    });
    expect(text).toBe(`estimate for acme.example; nothing was bought
request {"target":"acme.example","limit":1000,"filters":["page_summary.rank",">",5]}
price: $0.048 as quoted by the gateway, a ceiling: the charge may be lower
kept: no answer to this request
budget: $4.5 of $5 left today (UTC); at most $0.25 per call
expect: up to 1,000 URLs, an answer of about 1,500 tokens
note: target "https://acme.example/" read as "acme.example"
next, paid: get_domain_pages {"target":"acme.example","limit":1000,"filters":["page_summary.rank",">",5]}`);
    expect(data).toMatchObject({
      target: "acme.example",
      price: { quoted_usd: 0.048 },
      kept: null,
      budget: { left_usd: 4.5, daily_usd: 5, per_call_usd: 0.25 },
      urls_at_most: 1000,
      answer_tokens: 1500,
    });
  });

  it("asks for no price where a fresh snapshot answers", async () => {
    const askPrice = () => Promise.reject(new Error("asked"));
    const { text, data } = await estimate({ target: "acme.example", tag: "march" }, { kept: KEPT, askPrice });
    expect(text).toContain("price: $0: a kept snapshot answers this request\n");
    expect(text).toContain(
      `kept: snapshot ${KEPT.id} of 2026-07-08 14:46 UTC, 2 h old, 1 URL: it answers this request for free until 2026-07-09 14:46 UTC`,
    );
    expect(text).toContain("expect: up to 93 URLs of 93 in all");
    expect(text).toContain("next, free: get_domain_pages");
    expect(data).toMatchObject({ kept: { snapshot_id: KEPT.id, fresh: true, age: "2 h" }, urls_total: 93 });
  });

  it("names the kept snapshot that holds what is asked for, whatever the limit and the offset", async () => {
    const items = Array.from({ length: 93 }, (_, index) => ({ url: `https://acme.example/${index}` }));
    const whole = makeSnapshot({ items, request: { limit: 1000 } });
    for (const [args, slice] of [
      [{ limit: 40 }, "40 of its 93 URLs"],
      [{ limit: 100, offset: 90 }, "3 of its 93 URLs"],
      [{ limit: 500 }, "93 URLs"],
    ] as const) {
      const { text, data } = await estimate({ target: "acme.example", ...args }, { kept: whole });
      expect(text).toContain(`kept: snapshot ${whole.id} of 2026-07-08 14:46 UTC, 2 h old, ${slice}: it answers`);
      expect(data).toMatchObject({ kept: { snapshot_id: whole.id, fresh: true }, price: { at_most_usd: 0 } });
    }
  });

  it("names what else is kept of the target, imported and older ones with their date", async () => {
    const imported = makeSnapshot({
      source: "import",
      items: [{}, {}],
      totalCount: 8143,
      fetchedAt: NOW - 90 * 24 * HOUR_MS,
    });
    const other = makeSnapshot({ request: { target: "example.org" } });
    const { text, data } = await estimate({ target: "acme.example", limit: 1000 }, { kept: [imported, KEPT, other] });
    expect(text).toContain(
      `kept: no answer to this request\nalso kept of this target, for free questions: ${KEPT.id} (1 of 93 URLs, 2026-07-08 14:46 UTC); ${imported.id} (imported, 2 of 8,143 URLs, 2026-04-09 17:00 UTC)\n`,
    );
    expect(data["next"]).toEqual([
      'next, free: query_domain_pages {"target":"acme.example"}',
      expect.stringMatching(/^next, paid: get_domain_pages /),
    ]);
    expect(data).toMatchObject({
      kept: null,
      also_kept: [
        { snapshot_id: KEPT.id, urls: 1 },
        { snapshot_id: imported.id, imported: true, fetched_at: "2026-04-09T17:00:00.000Z", urls_total: 8143 },
      ],
    });
  });

  it("says when the kept snapshot is too old, and asks", async () => {
    const { text } = await estimate({ target: "acme.example" }, { kept: KEPT, limits: { freshMs: HOUR_MS } });
    expect(text).toContain("2 h old, 1 URL: too old to be used (fresh for 1 h)");
    expect(text).toContain("price: $0.048 as quoted");
    expect(text).toContain("next, paid:");
  });

  it.each<[string, Partial<Limits>, string]>([
    ["the cap", { perCallUsd: 0.04 }, "above the cap of $0.04, so it would be refused"],
    ["the budget", { leftUsd: 0.01 }, "more than is left of today's budget, so it would be refused"],
    ["the threshold", { askAboveUsd: 0.02 }, "above $0.02, so a person has to agree"],
  ])("says when the price is above %s", async (_what, limits, words) => {
    const { text, data } = await estimate({ target: "acme.example" }, { limits });
    expect(text).toContain(`price: $0.048 as quoted by the gateway, a ceiling: the charge may be lower; ${words}\n`);
    expect(data["price"]).toEqual({ quoted_usd: 0.048, is_ceiling: true, obstacles: [words] });
  });

  it("says that the charge may come out higher, if the gateway does", async () => {
    const { text } = await estimate(
      { target: "acme.example" },
      { askPrice: async () => ({ kind: "quoted", usd: 0.048, mayExceed: true }) },
    );
    expect(text).toContain("price: $0.048 as quoted by the gateway (it may come out higher)");
  });

  it.each<[string, EstimateDeps["askPrice"], string]>([
    ["there is none", async () => ({ kind: "none", why: "quotes are switched off" }), "quotes are switched off"],
    [
      "nothing is left to set aside",
      async () => {
        throw new AppError("budget", "Today's budget is used up.", { charge: "not_charged" });
      },
      "today's budget is used up",
    ],
  ])("names the cap as the bound where %s", async (_what, askPrice, why) => {
    const { text, data } = await estimate({ target: "acme.example" }, { askPrice });
    expect(text).toContain(`price: no quote: ${why}; at most $0.25, the cap per call`);
    expect(data["price"]).toEqual({ no_quote: why, at_most_usd: 0.25 });
  });

  it("fails where asking may have cost money", async () => {
    const askPrice = async () => {
      throw new AppError("unavailable", "The gateway did not answer.", { charge: "unknown" });
    };
    await expect(estimate({ target: "acme.example" }, { askPrice })).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("says loudly when the gateway carried the call out instead of quoting", async () => {
    const { text, data } = await estimate(
      { target: "acme.example" },
      { askPrice: async () => ({ kind: "bought", bought: { snapshot: KEPT, notes: ["it was charged"] } }) },
    );
    expect(text).toContain("estimate for acme.example\n");
    expect(text).toContain(`price: the call was carried out; its answer is kept as snapshot ${KEPT.id}`);
    expect(text).toContain("note: it was charged");
    expect(text).toContain("next, free:");
    expect(data["price"]).toEqual({ bought_snapshot_id: KEPT.id });
  });

  it("names no budget on the sandbox, where calls are free", async () => {
    const { text, data } = await estimate(
      { target: "acme.example" },
      { source: "sandbox", askPrice: async () => ({ kind: "quoted", usd: 0, mayExceed: false }) },
    );
    expect(text).toMatch(/^SANDBOX: /);
    expect(text).toContain("price: $0 as quoted");
    expect(text).not.toContain("budget");
    expect(text).toContain("next, free:");
    expect(data).not.toHaveProperty("budget");
  });

  it("knows no bound per day where there is none", async () => {
    const { text } = await estimate({ target: "acme.example" }, { limits: { leftUsd: null, dailyUsd: null } });
    expect(text).toContain("budget: no bound per day; at most $0.25 per call");
  });

  it("refuses wrong arguments before anything is asked", async () => {
    const askPrice = () => Promise.reject(new Error("asked"));
    await expect(estimate({ target: "acme.example", limit: 0 }, { askPrice })).rejects.toMatchObject({ kind: "input" });
  });

  it("looks for the very request, whichever way it is spelt", () => {
    expect(toRequestKey(DOMAIN_PAGES, { target: "acme.example", limit: 100, tag: "x" }, "aisa")).toBe(KEPT.requestKey);
  });
});
