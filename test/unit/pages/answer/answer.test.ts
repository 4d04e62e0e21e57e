import fc from "fast-check";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { createRememberAnswer } from "../../../../src/lists/get-list.ts";
import type { Delivery } from "../../../../src/lists/header.ts";
import { createRenderAnswer } from "../../../../src/mcp/tool-result.ts";
import { buildAnswer } from "../../../../src/pages/answer/answer.ts";
import { type Answer, renderStructured, renderText } from "../../../../src/pages/answer/render-answer.ts";
import { parseRequest } from "../../../../src/pages/domain-pages.ts";
import { factsOf } from "../../../../src/pages/findings/find-facts.ts";
import { nameFinding } from "../../../../src/pages/findings/finding.ts";
import { SCRIPTS } from "../../../support/answer-scripts.ts";
import { type ItemFacts, makeSnapshot, type SnapshotFactsInTests } from "../../../support/make-snapshot.ts";
import { readCsv } from "../../../support/read-csv.ts";

describe("answer", () => {
  const answerOf = (facts: SnapshotFactsInTests, maxTokens = 1500, notes: string[] = []): Answer =>
    buildAnswer(makeSnapshot(facts), { maxTokens, surface: "mcp", notes });

  const requestOf = (body: object) =>
    parseRequest({ target: "acme.example", ...body }, { allowUnknownFields: false, mapBareNames: true }).request;

  /** A list as the upstream sends it, by rank, with a dead page and a redirect here and there. */
  const list = (count: number, script = 0): ItemFacts[] =>
    Array.from({ length: count }, (_, index) => ({
      url: `https://acme.example/${SCRIPTS[script]?.slugs[index % 3]}-${index}`,
      status: [200, 200, 404, 200, 301][index % 5] ?? 200,
      location: index % 5 === 4 ? "https://other.example/elsewhere" : null,
      title: SCRIPTS[script]?.titles[index % 3] ?? null,
      summary: {
        rank: 1000 - index,
        backlinks: 2000 - index,
        referring_domains: 300 - (index % 300),
        backlinks_spam_score: index % 40,
      },
    }));

  /** The cells of the table in a text answer, header line first; nothing when it has none. */
  function tableIn(text: string): string[][] {
    const table = text.split("\n\n").find((block) => block.startsWith("id,"));
    return table === undefined ? [] : readCsv(table);
  }

  interface Structured {
    target: string;
    snapshot_id: string;
    charge_usd?: number | string;
    upstream_cost_usd: number;
    rank_scale?: string;
    backlinks_status_type: string;
    include_subdomains: boolean;
    /** Left out where it is true, the default. */
    exclude_internal_backlinks?: false;
    filters?: unknown;
    backlinks_filters?: unknown;
    coverage: {
      backlinks_shown: number;
      urls_without_count?: number;
      urls_skipped?: number;
      urls_not_fetched: number | null;
      not_fetched_have?: string;
      rows_left_out?: number;
    };
    rows: unknown[][];
    findings: { rule: string; top: string[] }[];
    next: string[];
  }

  /** How the text words what the structured answer says of the request and its cost. */
  function wordsOfView(data: Structured): string[] {
    return [
      `${data.target}: `,
      `snapshot ${data.snapshot_id} `,
      `upstream cost $${data.upstream_cost_usd}`,
      data.charge_usd === undefined ? "" : String(data.charge_usd),
      `${data.backlinks_status_type} backlinks`,
      `subdomains ${data.include_subdomains ? "included" : "left out"}`,
      data.exclude_internal_backlinks === false ? "internal links counted" : "",
      data.rank_scale === "one_hundred" ? "rank 0-100" : "",
      JSON.stringify(data.filters ?? ""),
      JSON.stringify(data.backlinks_filters ?? ""),
    ].filter((words) => words !== '""');
  }

  /** How the text words what the structured answer says of what is there and what is not. */
  function wordsOfCoverage({ coverage }: Structured): string[] {
    return [
      coverage.rows_left_out === undefined ? "" : `${coverage.rows_left_out} more rows`,
      coverage.urls_skipped === undefined ? "" : `offset ${coverage.urls_skipped}`,
      coverage.urls_without_count === undefined ? "" : `${coverage.urls_without_count} URL without a count`,
      coverage.urls_not_fetched === null ? "is not known" : "",
      coverage.urls_not_fetched ? `the ${coverage.urls_not_fetched} URL` : "",
      coverage.not_fetched_have ?? "",
    ];
  }

  describe("the budget of an answer", () => {
    it("leaves out rows to fit, from the end, and counts them and their backlinks", () => {
      const answer = answerOf({ items: list(100), totalCount: 22_261 });
      expect(answer.rows.length).toBeGreaterThan(3);
      expect(answer.rows.length + answer.rowsLeftOut).toBe(100);
      expect(answer.rows.map(([handle]) => handle)).toEqual(answer.rows.map((_, index) => `p${index + 1}`));
      const shown = list(answer.rows.length).reduce((sum, { summary }) => sum + Number(summary?.["backlinks"]), 0);
      expect(answer.backlinksShown).toBe(shown);
      expect(answer.next[0]?.call).toBe(
        `query_domain_pages {"snapshot_id":"${answer.snapshotId}","offset":${answer.rows.length}}`,
      );
    });

    it("names the URL of a page in a finding only where no row does", () => {
      const answer = answerOf({ items: list(100) }, 500);
      const shown = answer.rows.map(([handle]) => handle);
      const told = answer.findings.flatMap(({ top }) => top);
      expect(told.map(({ handle, url }) => [handle, url === null])).toEqual(
        told.map(({ handle }) => [handle, shown.includes(handle)]),
      );
      expect(new Set(told.map(({ url }) => url === null))).toEqual(new Set([true, false]));
    });

    it("leaves findings out when it is too small for them, and counts them", () => {
      const answer = answerOf({ items: list(100) }, 1);
      expect(answer.findings).toEqual([]);
      expect(answer.findingsLeftOut).toEqual(factsOf(makeSnapshot({ items: list(100) })).map(nameFinding));
      expect(renderText(answer)).toMatch(/\d+ more findings \(gone [\d,]+, /);
    });

    it("leaves nothing out of a list that fits", () => {
      const answer = answerOf({ items: list(5) });
      expect(answer).toMatchObject({ rowsLeftOut: 0, folds: 5, next: [] });
    });

    it("shows three rows however small it is", () => {
      expect(answerOf({ items: list(100) }, 1)).toMatchObject({ rowsLeftOut: 97 });
    });

    it.each(SCRIPTS.map(({ name }, index) => [name, index] as const))(
      "holds against a real tokenizer: %s",
      (_name, script) => {
        for (const maxTokens of [800, 1500, 4000]) {
          const text = renderText(answerOf({ items: list(300, script), totalCount: 22_261 }, maxTokens));
          expect(encode(text).length).toBeLessThanOrEqual(maxTokens);
        }
      },
    );

    it("holds with long filters, which the answer repeats, and with notes", () => {
      const filters = [
        ["page", "in", Array.from({ length: 40 }, (_, index) => `https://acme.example/some/page-${index}`)],
        "and",
        ["status_code", "=", 200],
      ];
      const facts = {
        items: list(300),
        totalCount: 22_261,
        request: requestOf({ filters, backlinks_filters: ["dofollow", "=", true] }),
      };
      const answer = answerOf(
        facts,
        3000,
        Array(10).fill("a note of some length that was taken while the request was read"),
      );
      expect(encode(renderText(answer)).length).toBeLessThanOrEqual(3000);
      expect(answer.rowsLeftOut).toBeGreaterThan(0);
    });
  });

  describe("text and structured answer", () => {
    const FACTS: [string, SnapshotFactsInTests][] = [
      ["a short list", { items: list(8) }],
      ["a list cut to fit", { items: list(200), totalCount: 22_261 }],
      [
        "a list in another order, from an offset",
        { items: list(5), totalCount: 90, request: requestOf({ offset: 40, order_by: ["rank,desc"] }) },
      ],
      ["an unknown total", { items: list(5), totalCount: null }],
      ["an unreported charge", { items: list(2), charge: { kind: "not_reported" } }],
      [
        "filters",
        {
          items: list(2),
          request: requestOf({ filters: ["rank", ">", 1], backlinks_filters: ["dofollow", "=", true] }),
        },
      ],
      [
        "an odd view",
        {
          items: list(2),
          request: requestOf({
            rank_scale: "one_hundred",
            backlinks_status_type: "lost",
            include_subdomains: false,
            exclude_internal_backlinks: false,
          }),
        },
      ],
      ["unknown counts", { items: [{ url: "https://acme.example/", status: 200 }] }],
      ["nothing", { items: [] }],
      ["an import", { items: list(2), source: "import", charge: { kind: "none" } }],
    ];

    it.each(FACTS)("state the same facts about %s", (_what, facts) => {
      const answer = answerOf(facts, 1500, ["read differently"]);
      const text = renderText(answer);
      const data = renderStructured(answer) as unknown as Structured;
      const plain = text.replace(/(?<=\d),(?=\d{3})/g, "");
      const [, ...rows] = tableIn(text);
      expect(rows).toEqual(data.rows.map((row) => row.map((cell) => String(cell ?? ""))));
      for (const call of data.next) expect(text).toContain(`next, ${call}`);
      for (const { rule, top } of data.findings) {
        expect(text).toContain(`\n${rule}: `);
        for (const phrase of top) expect(text).toContain(`; ${phrase}`);
      }
      for (const words of [...wordsOfView(data), ...wordsOfCoverage(data), "note: read differently"]) {
        expect(plain).toContain(words);
      }
      expect(data.coverage.backlinks_shown).toBe(answer.backlinksShown);
    });

    it("say of an unknown total that it is not known, and what bounds the rest all the same", () => {
      expect(renderText(answerOf({ items: list(5), totalCount: null }))).toContain(
        "how many URLs are not fetched is not known; those after these have rank at most 996 (default order)",
      );
    });

    it("bound only the pages behind the fetched ones where some were skipped", () => {
      const text = renderText(answerOf({ items: list(5), totalCount: 46, request: { offset: 40 } }));
      expect(text).toContain("the 1 URL after these has rank at most 996");
    });

    it("say in the first line that sandbox data is generated", () => {
      const answer = answerOf({ items: list(2), source: "sandbox", charge: { kind: "none" } });
      expect(renderText(answer)).toMatch(/^SANDBOX: generated data/);
      expect(renderStructured(answer)).toMatchObject({ source: "sandbox" });
    });

    it("count the fields that came in another form", () => {
      const answer = answerOf({ items: [{ url: "https://acme.example/", summary: { rank: "high", backlinks: [] } }] });
      expect(answer.notes).toEqual([expect.stringMatching(/^2 fields not in the documented form/)]);
    });
  });

  it("is complete, and the same each time, for any pages", () => {
    const item = fc.record({
      url: fc.oneof(fc.webUrl(), fc.string()),
      status: fc.option(fc.integer({ min: 100, max: 599 })),
      title: fc.option(fc.string()),
      summary: fc.dictionary(fc.constantFrom("rank", "backlinks", "referring_domains"), fc.jsonValue()),
    });
    fc.assert(
      fc.property(
        fc.array(item, { maxLength: 30 }),
        fc.option(fc.nat(1000)),
        fc.nat(3000),
        (items, totalCount, maxTokens) => {
          const answer = answerOf({ items, totalCount }, maxTokens);
          expect(answer.rows.length + answer.rowsLeftOut).toBe(answer.folds);
          for (const row of answer.rows) expect(row).toHaveLength(answer.columns.length);
          expect(answer.next.length).toBeLessThanOrEqual(3);
          expect(renderText(answerOf({ items, totalCount }, maxTokens))).toBe(renderText(answer));
          expect(() => JSON.stringify(renderStructured(answer))).not.toThrow();
        },
      ),
    );
  });
});

const MINUTE_MS = 60_000;
const KEPT: Delivery = { how: "kept", ageMs: 5 * MINUTE_MS, leftUsd: null };
const options = (delivery: Delivery, notes: string[] = []) =>
  ({ maxTokens: 1500, surface: "mcp", notes, delivery }) as const;

describe("an answer that is remembered", () => {
  it("is given out again while it would come out the same", () => {
    const build = createRememberAnswer(buildAnswer);
    const snapshot = makeSnapshot();
    const first = build(snapshot, options(KEPT));
    expect(build(snapshot, options({ ...KEPT, ageMs: 5.9 * MINUTE_MS }))).toBe(first);
    expect(build(makeSnapshot(), options(KEPT))).not.toBe(first);
  });

  it.each([
    ["its age in words", options({ ...KEPT, ageMs: 6 * MINUTE_MS })],
    ["how it came", options({ ...KEPT, how: "shared" })],
    ["what is left", options({ ...KEPT, leftUsd: 1 })],
    ["a note", options(KEPT, ["read differently"])],
    ["its size", { ...options(KEPT), maxTokens: 900 }],
    ["where it is read", { ...options(KEPT), surface: "cli" as const }],
  ])("is built anew when %s differs", (_what, other) => {
    const build = createRememberAnswer(buildAnswer);
    const snapshot = makeSnapshot();
    const first = build(snapshot, options(KEPT));
    expect(build(snapshot, other)).not.toBe(first);
  });

  it("is rendered once", async () => {
    const render = createRenderAnswer();
    const answer = createRememberAnswer(buildAnswer)(makeSnapshot(), options(KEPT));
    const first = await render(answer);
    expect(await render(answer)).toBe(first);
    expect(first.text).toBe(renderText(answer));
  });
});
