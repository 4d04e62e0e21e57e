import fc from "fast-check";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { buildAnswer } from "../../../../src/pages/answer/answer.ts";
import type { Answer } from "../../../../src/pages/answer/render-answer.ts";
import { renderStructured, renderText } from "../../../../src/pages/answer/render-answer.ts";
import { factsOf } from "../../../../src/pages/findings/find-facts.ts";
import type { JsonObject } from "../../../../src/pages/page.ts";
import { toRequestKey } from "../../../../src/pages/request.ts";
import { createSnapshot, type Snapshot } from "../../../../src/pages/snapshot.ts";
import { SCRIPTS } from "../../../support/answer-scripts.ts";
import { ask } from "../query/ask.ts";

/** What an answer about ten pages may cost a model, in whichever form it is shown. */
const MOST = 800;
const USUAL = { maxTokens: 1500, surface: "mcp" } as const;

const HOSTS = ["https://acme.example", "http://acme.example", "https://www.acme.example", "https://shop.acme.example"];

/** Words of one script, joined up to the length of what strangers call their pages. */
const anyWords = (words: (script: (typeof SCRIPTS)[number]) => readonly string[], join: string) =>
  fc
    .tuple(fc.constantFrom(...SCRIPTS), fc.integer({ min: 1, max: 6 }))
    .map(([script, times]) =>
      Array.from({ length: times }, (_, at) => words(script)[at % words(script).length]).join(join),
    );

const anyPath = anyWords(({ slugs }) => slugs, "/");
const anyTitle = anyWords(({ titles }) => titles, " – ");

/** An item of which as many rules as possible have something to say. */
const anyItem = fc
  .record({
    host: fc.constantFrom(...HOSTS),
    path: anyPath,
    title: fc.option(anyTitle, { freq: 6 }),
    status: fc.constantFrom(200, 200, 301, 302, 403, 404, 410, 429, 500, 503, 999, null),
    to: anyPath,
    backlinks: fc.integer({ min: 0, max: 9_000_000 }),
    domains: fc.integer({ min: 1, max: 400 }),
    canonical: fc.option(anyPath),
    words: fc.integer({ min: 0, max: 120 }),
    lost: fc.boolean(),
  })
  .map((facts): JsonObject => {
    const { host, path, title, status, to, backlinks, domains, canonical, words, lost } = facts;
    const pages = Math.max(20, Math.floor(backlinks / 2));
    return {
      type: "backlinks_domain_page",
      page: `${host}/${path}`,
      status_code: status,
      location: status === 301 || status === 302 ? `${host}/${to}` : null,
      media_type: "text/html",
      first_visited: "2019-01-17 13:42:15 +00:00",
      prev_visited: "2024-04-09 11:11:25 +00:00",
      fetch_time: "2026-06-01 11:11:25 +00:00",
      meta: { title, canonical: canonical === null ? null : `${host}/${canonical}`, words_count: words },
      page_summary: {
        rank: 500,
        backlinks,
        referring_domains: domains,
        referring_pages: pages,
        referring_pages_nofollow: pages - 3,
        backlinks_spam_score: 77,
        lost_date: lost ? "2026-05-01 00:00:00 +00:00" : null,
        referring_links_tld: { net: pages - 2, com: 2 },
        referring_links_types: { redirect: pages - 2, anchor: 2 },
        referring_links_attributes: { ugc: pages - 4, sponsored: 9, nofollow: pages - 3 },
        referring_links_semantic_locations: { footer: pages - 2, article: 2 },
        referring_links_countries: { US: pages - 1, "": 1 },
      },
    };
  });

const snapshotOf = (items: readonly JsonObject[], facts: Partial<Snapshot> = {}): Snapshot => {
  const request = { target: "acme.example", limit: 10 };
  const answer = { taskId: "t", version: null, echo: null, target: "acme.example" };
  const made = createSnapshot(
    { ...answer, upstreamCostUsd: 0.02436, totalCount: 22_261, items },
    {
      source: "aisa",
      request,
      requestKey: toRequestKey(request, "aisa"),
      fetchedAt: Date.UTC(2026, 6, 8, 14, 46),
      charge: { kind: "reported", usd: 0.012 },
    },
  );
  return { ...made, ...facts };
};

const tokensOf = (answer: Answer) => ({
  text: encode(renderText(answer)).length,
  structured: encode(JSON.stringify(renderStructured(answer))).length,
});

const anyShortList = fc.array(anyItem, { minLength: 1, maxLength: 10 });

it("is told in at most 800 tokens of either form, whatever the ten pages are called and however many findings fire", () => {
  let most = { text: 0, structured: 0, findings: 0 };
  fc.assert(
    fc.property(anyShortList, fc.constantFrom("bought", "kept", "shared"), (items, how) => {
      const snapshot = snapshotOf(items);
      const delivery = { how, ageMs: 3_600_000, leftUsd: 4.5 };
      const { text, structured } = tokensOf(buildAnswer(snapshot, { ...USUAL, delivery }));
      most = {
        text: Math.max(most.text, text),
        structured: Math.max(most.structured, structured),
        findings: Math.max(most.findings, factsOf(snapshot).length),
      };
      expect(Math.max(text, structured)).toBeLessThanOrEqual(MOST);
    }),
    { numRuns: 300 },
  );
  // The lists are of the kind that is meant.
  expect(most.findings).toBeGreaterThan(10);
});

describe("the random id of a snapshot", () => {
  const anyId = fc
    .array(fc.constantFrom(..."0123456789abcdefghjkmnpqrstvwxyz"), { minLength: 8, maxLength: 8 })
    .map((letters) => `s_${letters.join("")}`);
  const anyLongList = fc.array(anyItem, { minLength: 1, maxLength: 60 });

  it("decides neither which rows of a list are shown, nor which findings", () => {
    fc.assert(
      fc.property(anyLongList, anyId, fc.integer({ min: 300, max: 3000 }), (items, id, maxTokens) => {
        const shownOf = (snapshot: Snapshot) => {
          const { rows, columns, findings, next } = buildAnswer(snapshot, { ...USUAL, maxTokens });
          return { rows, columns, findings, next: next.map(({ call }) => call.replaceAll(snapshot.id, "the id")) };
        };
        expect(shownOf(snapshotOf(items, { id }))).toEqual(shownOf(snapshotOf(items, { id: "s_aaaaaaaa" })));
      }),
      { numRuns: 100 },
    );
  });

  it("decides nothing of what a question is answered", () => {
    fc.assert(
      fc.property(anyLongList, anyId, fc.integer({ min: 300, max: 3000 }), (items, id, maxTokens) => {
        const shownOf = (snapshot: Snapshot) => {
          const { table, next } = ask(snapshot, { order_by: ["backlinks,desc"] }, maxTokens);
          return { table, next: next.map(({ call }) => call.replaceAll(snapshot.id, "the id")) };
        };
        expect(shownOf(snapshotOf(items, { id }))).toEqual(shownOf(snapshotOf(items, { id: "s_00000000" })));
      }),
      { numRuns: 100 },
    );
  });
});
