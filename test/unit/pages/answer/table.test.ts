import fc from "fast-check";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { toCsvLine } from "../../../../src/lists/cells.ts";
import { toRequestKey } from "../../../../src/lists/request.ts";
import { createSnapshot, type JsonObject } from "../../../../src/lists/snapshot.ts";
import { estimateTokens } from "../../../../src/lists/tokens.ts";
import { buildAnswer } from "../../../../src/pages/answer/answer.ts";
import { foldPages } from "../../../../src/pages/answer/fold.ts";
import { type Answer, renderStructured, renderText } from "../../../../src/pages/answer/render-answer.ts";
import { toDisplayUrl, toTable } from "../../../../src/pages/answer/table.ts";
import { DOMAIN_PAGES, type PagesSnapshot } from "../../../../src/pages/domain-pages.ts";
import { SNAPSHOT_FILES } from "../../../../src/pages/export/snapshot-files.ts";
import { factsOf } from "../../../../src/pages/findings/find-facts.ts";
import { renderQueryText } from "../../../../src/pages/query/query-pages.ts";
import { SCRIPTS } from "../../../support/answer-scripts.ts";
import { hostileText } from "../../../support/hostile-text.ts";
import { type ItemFacts, makePages, makeSnapshot } from "../../../support/make-snapshot.ts";
import { readCsv } from "../../../support/read-csv.ts";
import { ask, columnOf, handlesOf } from "../query/ask.ts";

const tableOf = (...items: ItemFacts[]) => {
  const folds = foldPages(makePages(items));
  const { columns, row } = toTable(folds, "acme.example");
  return { columns, rows: folds.map((_, index) => row(index)) };
};

describe("one line", () => {
  it.each([
    [["id", "rank"], ["p1", 5], "p1,5"],
    [["id", "rank"], ["p1", null], "p1,"],
    [["id", "rank"], ["p1", 0], "p1,0"],
    [["id", "url"], ["p1", "/a,b"], 'p1,"/a,b"'],
    [["id", "url"], ["p1", '/a"b'], 'p1,"/a""b"'],
    [["id", "title"], ["p1", "Plain"], 'p1,"Plain"'],
    [["id", "title"], ["p1", 'Say "hi", now'], 'p1,"Say ""hi"", now"'],
    [["id", "title"], ["p1", null], "p1,"],
  ])("of %j is %j → %s", (columns, row, line) => {
    expect(toCsvLine(columns, row)).toBe(line);
  });
});

describe("the table", () => {
  it("leaves out columns that no row fills, and keeps zeros", () => {
    const { columns, rows } = tableOf({ url: "https://acme.example/a", status: 200, summary: { backlinks: 0 } });
    expect(columns).toEqual(["id", "url", "http", "backlinks"]);
    expect(rows).toEqual([["p1", "/a", 200, 0]]);
  });

  it("tells redirects and variants of a row apart, and where a redirect leads", () => {
    const url = "https://acme.example/";
    const http = (...items: ItemFacts[]) => tableOf(...items).rows.map((row) => row[2]);
    expect(http({ url, status: 200 }, { url: "http://acme.example/", status: 301, location: url })).toEqual([
      "200 +1 redirect",
    ]);
    expect(http({ url, status: 200 }, { url: `${url}#a`, status: 200 }, { url: `${url}#b`, status: 200 })).toEqual([
      "200 +2 variants",
    ]);
    expect(http({ url, status: 301, location: "https://other.example/x" })).toEqual([
      "301 to https://other.example/x (not fetched)",
    ]);
  });

  it("writes the day that the last link was lost, whole and without the clock", () => {
    const { columns, rows } = tableOf({
      url: "https://acme.example/",
      summary: { lost_date: "2026-05-01 12:30:00 +00:00" },
    });
    expect(columns).toEqual(["id", "url", "lost"]);
    expect(rows).toEqual([["p1", "/", "2026-05-01"]]);
  });

  it("writes a range where variants overlap", () => {
    const variant = (url: string, referring_domains: number, backlinks_spam_score: number) => ({
      url,
      status: 200,
      summary: { referring_domains, backlinks_spam_score },
    });
    const { rows } = tableOf(variant("https://acme.example/", 801, 10), variant("http://acme.example/", 137, 10));
    expect(rows).toEqual([["p1", "/", "200 +1 variant", "801-938", 10]]);
  });

  it.each([
    ["https://acme.example/a?b#c", "/a?b"],
    ["https://www.acme.example", "/"],
    ["https://shop.acme.example/a", "shop.acme.example/a"],
    ["https://acme.example:8443/a", "acme.example:8443/a"],
    ["no url", "no url"],
    ["", ""],
  ])("shows %s as %s", (url, shown) => {
    expect(toDisplayUrl(url, "acme.example")).toBe(shown);
  });
});

describe("a hostile title, URL, location or date", () => {
  it("adds no row and no column", () => {
    const text = fc.oneof(hostileText, fc.string({ unit: "binary" }));
    const url = fc.oneof(
      text,
      text.map((rest) => `https://acme.example/${rest}`),
      text.map((host) => `//${host}/`),
    );
    const item = fc.record({
      url,
      status: fc.constantFrom(200, 301, 404),
      location: fc.option(url),
      title: fc.option(text),
      summary: fc.record({ lost_date: fc.option(text), backlinks: fc.nat() }),
    });
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 5 }), (items) => {
        const { columns, rows } = tableOf(...items);
        const read = readCsv(rows.map((row) => toCsvLine(columns, row)).join("\n"));
        expect(read).toEqual(rows.map((row) => row.map((cell) => String(cell ?? ""))));
        for (const cell of read.flat()) expect(cell).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 500 },
    );
  });
});

describe("tokens", () => {
  /** A whole answer about pages with these addresses and titles. */
  function anyAnswer({ slugs, titles }: { slugs: string[]; titles: string[] }): fc.Arbitrary<string> {
    const item = fc
      .record({
        slug: fc.constantFrom(...slugs),
        number: fc.nat(9999),
        title: fc.constantFrom(...titles),
        status: fc.constantFrom(200, 200, 200, 301, 404),
        rank: fc.nat(1000),
        backlinks: fc.nat(100_000),
        domains: fc.nat(5000),
      })
      .map(({ slug, number, title, status, rank, backlinks, domains }) => ({
        url: `https://acme.example/${slug}-${number}`,
        status,
        location: status === 301 ? `https://other.example/${slug}` : null,
        title,
        summary: {
          rank,
          backlinks,
          referring_domains: domains,
          referring_pages: backlinks,
          referring_pages_nofollow: domains,
        },
      }));
    return fc
      .array(item, { minLength: 1, maxLength: 30 })
      .map((items) =>
        renderText(buildAnswer(makeSnapshot({ items, totalCount: 22_261 }), { maxTokens: 100_000, surface: "mcp" })),
      );
  }

  describe.each(SCRIPTS)("answers about pages in $name", ({ latin, slugs, titles }) => {
    it("cost no more tokens than estimated", () => {
      fc.assert(
        fc.property(anyAnswer({ slugs, titles }), (answer) => {
          const real = encode(answer).length;
          expect(estimateTokens(answer)).toBeGreaterThanOrEqual(real);
          if (latin) expect(estimateTokens(answer) / real).toBeLessThan(1.4);
        }),
        { numRuns: 250 },
      );
    });
  });

  it.each([
    ["", 0],
    ["a", 1],
    ["backlinks", 3],
    ["12,345", 3],
    ["über", 2],
    ["SERP", 2],
    ["日本", 4],
  ])("estimates %j at %d", (text, tokens) => {
    expect(estimateTokens(text)).toBe(tokens);
  });

  it("grows with the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(estimateTokens(`${text}\n${text}`)).toBe(2 * estimateTokens(text) + 1);
      }),
    );
  });
});

describe("short lists", () => {
  /** What an answer about ten pages may cost a model, in whichever form it is shown. */
  const MOST = 800;
  const USUAL = { maxTokens: 1500, surface: "mcp" } as const;

  const HOSTS = [
    "https://acme.example",
    "http://acme.example",
    "https://www.acme.example",
    "https://shop.acme.example",
  ];

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

  const snapshotOf = (items: readonly JsonObject[], facts: Partial<PagesSnapshot> = {}): PagesSnapshot => {
    const request = { target: "acme.example", limit: 10 };
    const answer = { taskId: "t", version: null, echo: null, target: "acme.example" };
    const made = createSnapshot(
      DOMAIN_PAGES,
      { ...answer, upstreamCostUsd: 0.02436, totalCount: 22_261, items },
      {
        source: "aisa",
        request,
        requestKey: toRequestKey(DOMAIN_PAGES, request, "aisa"),
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
          const shownOf = (snapshot: PagesSnapshot) => {
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
          const shownOf = (snapshot: PagesSnapshot) => {
            const { table, next } = ask(snapshot, { order_by: ["backlinks,desc"] }, maxTokens);
            return { table, next: next.map(({ call }) => call.replaceAll(snapshot.id, "the id")) };
          };
          expect(shownOf(snapshotOf(items, { id }))).toEqual(shownOf(snapshotOf(items, { id: "s_00000000" })));
        }),
        { numRuns: 100 },
      );
    });
  });
});

describe("wide ranges", () => {
  const page = (url: string, domains: number, status = 200): ItemFacts => ({
    url,
    status,
    title: null,
    summary: { backlinks: 10 * domains, referring_domains: domains },
  });

  /** As many spellings of one page, of which each is linked from so many domains. */
  const spellings = (path: string, count: number, domains: number, status = 200): ItemFacts[] =>
    Array.from({ length: count }, (_, at) => page(`https://acme.example${path}?utm_source=${at}`, domains, status));

  const WIDE = spellings("/wide", 5, 329);
  const NARROW = spellings("/narrow", 3, 40);
  const snapshot = makeSnapshot({
    items: [...WIDE, ...NARROW, page("https://acme.example/one", 100), ...spellings("/gone", 4, 7, 404)],
  });

  it("tells a range that is too wide to mean anything by its lower bound, in both forms, in findings too", () => {
    const answer = buildAnswer(snapshot, { maxTokens: 5000, surface: "mcp" });
    const domains = answer.columns.indexOf("ref_domains");
    expect(answer.rows.map((row) => row[domains])).toEqual(["329+", "40-120", 100, "7+"]);
    expect(renderText(answer)).toContain("280 from 7+ domains");
    expect(`${renderText(answer)}${JSON.stringify(renderStructured(answer))}`).not.toMatch(/329-1,?645|7-28/);
  });

  it("tells a section and a group likewise, and sorts rows and groups by the lower bound all the same", () => {
    const items = [
      ...Array.from({ length: 30 }, (_, at) => page(`https://acme.example/many/${at}`, 50)),
      ...Array.from({ length: 4 }, (_, at) => page(`https://acme.example/few/${at}`, 90)),
      page("https://acme.example/one/a", 60),
      page("https://acme.example/small/a", 2),
    ];
    const sections = makeSnapshot({ items });
    const grouped = (direction: string) => {
      const answer = ask(sections, { group_by: "section", order_by: [`ref_domains,${direction}`] });
      return [columnOf(answer, "section"), columnOf(answer, "ref_domains")];
    };
    expect(grouped("desc")).toEqual([
      ["/few", "/one", "/many", "/small"],
      ["90+", 60, "50+", 2],
    ]);
    expect(grouped("asc")[0]).toEqual(["/small", "/many", "/one", "/few"]);
    expect(renderText(buildAnswer(sections, { maxTokens: 5000, surface: "mcp" }))).toContain("\n/many,30,15000,50+,0");
    expect(handlesOf(ask(snapshot, { order_by: ["ref_domains,desc"] }))).toEqual(["p1", "p9", "p6", "p10"]);
    expect(renderQueryText(ask(snapshot, { columns: ["referring_domains"] }))).toContain("329+");
  });

  it("keeps both bounds in the file that leaves nothing out", async () => {
    const csv = await SNAPSHOT_FILES["rows.csv"].render(snapshot);
    expect(csv).toContain(",329-1645,");
  });
});
