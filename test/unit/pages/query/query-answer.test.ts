import fc from "fast-check";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { renderRecord, toRecords, wordLeftOut } from "../../../../src/lists/query/item-record.ts";
import { readPages } from "../../../../src/pages/page.ts";
import { ASKING_PAGES } from "../../../../src/pages/query/asking-pages.ts";
import { createQueryPages, renderQueryStructured, renderQueryText } from "../../../../src/pages/query/query-pages.ts";
import { GROUPINGS } from "../../../../src/pages/query/query-schema.ts";
import { hostileText } from "../../../support/hostile-text.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";
import { matchHere } from "../../../support/match-here.ts";
import { itemsSnapshot, sandboxSnapshot } from "../../../support/sandbox-answer.ts";
import { ask, handlesOf } from "./ask.ts";

const acme = sandboxSnapshot({ target: "acme.example" });
const textOf = (question: object, snapshot = acme) => renderQueryText(ask(snapshot, question, 1500));

describe("the rows of a question", () => {
  it("come page by page without a gap", () => {
    const all = handlesOf(ask(acme, {}));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 400, max: 2500 }), (limit, maxTokens) => {
        const seen: unknown[] = [];
        let answer = ask(acme, { limit }, maxTokens);
        for (let calls = 0; calls < 200; calls += 1) {
          seen.push(...handlesOf(answer));
          const more = answer.next.find(({ gain }) => /^rows \d+ on/.test(gain));
          if (more === undefined) break;
          answer = ask(acme, JSON.parse(more.call.slice(more.call.indexOf("{"))), maxTokens);
        }
        expect(seen).toEqual(all);
      }),
      { numRuns: 20 },
    );
  });

  it("are counted where they are left out", () => {
    const answer = ask(acme, { min_backlinks: 5 }, 800);
    const shown = answer.table?.rows.length ?? 0;
    expect(renderQueryText(answer)).toContain(`${answer.rowsMatched - shown} more rows left out`);
    expect(renderQueryStructured(answer)["coverage"]).toMatchObject({ rows_left_out: answer.rowsMatched - shown });
  });

  it("end where the list ends", () => {
    expect(textOf({ offset: 500 })).toContain("no row this far: there are 80");
  });
});

describe("an answer without rows", () => {
  it("names the one condition that keeps them out", () => {
    const answer = ask(acme, {
      filters: [["status_code", "=", 200], "and", ["page", "like", "%zebra%"]],
      min_backlinks: 20,
    });
    expect(answer.loosened?.map(({ words }) => words)).toEqual(['["page","like","%zebra%"]']);
    expect(renderQueryText(answer)).toMatch(/^without \["page","like","%zebra%"\]: \d+ pages$/m);
    expect(renderQueryStructured(answer)["without"]).toEqual({
      '["page","like","%zebra%"]': answer.loosened?.[0]?.rows,
    });
  });

  it("says so when no single one does", () => {
    expect(textOf({ text: "zebra", min_backlinks: 1_000_000 })).toContain("nothing in this snapshot is near");
  });

  it("says so when there is nothing at all", () => {
    expect(textOf({ status: "live" }, makeSnapshot())).toContain("the snapshot holds none");
  });
});

describe("what a snapshot does not hold", () => {
  it.each<[string, ReturnType<typeof makeSnapshot>, string]>([
    [
      "pages behind its end",
      sandboxSnapshot({ target: "acme.example", limit: 10 }),
      "83 URLs of the target not fetched",
    ],
    ["pages before its offset", sandboxSnapshot({ target: "acme.example", offset: 90 }), "90 URLs of the target"],
    [
      "an unknown number of pages",
      makeSnapshot({ items: [{ url: "https://acme.example/" }], totalCount: null }),
      "is not known",
    ],
    [
      "what its filters kept out",
      sandboxSnapshot({ target: "acme.example", filters: ["status_code", "=", 404] }),
      "it was fetched with filters",
    ],
    [
      "other backlinks",
      sandboxSnapshot({ target: "acme.example", backlinks_filters: ["dofollow", "=", true] }),
      "counts only backlinks with",
    ],
  ])("is said: %s", (_what, snapshot, words) => {
    const answer = ask(snapshot, {});
    expect(renderQueryText(answer)).toMatch(new RegExp(`^not in this snapshot: .*${words}`, "m"));
    expect(JSON.stringify(renderQueryStructured(answer)["not_in_snapshot"])).toContain(words);
  });

  it("is bought only where it may matter", () => {
    const part = sandboxSnapshot({ target: "acme.example", limit: 10, order_by: ["page_summary.backlinks,desc"] });
    const costs = (question: object) => ask(part, question).next.map(({ cost }) => cost);
    expect(costs({})).toContain("paid");
    expect(costs({ min_backlinks: 10_000 })).not.toContain("paid");
    expect(costs({ handles: ["p1"] })).not.toContain("paid");
  });

  it("is nothing of a whole snapshot", () => {
    expect(ask(acme, {}).missing).toEqual([]);
  });

  it("holds lists that were cut before the key of a filter", () => {
    const items = [{ url: "https://acme.example/", summary: { referring_links_tld: { com: 2, net: 1 } } }];
    const cut = makeSnapshot({ items, request: { internal_list_limit: 2 } });
    const filters = ["page_summary.referring_links_tld.de", "=", 0];
    expect(textOf({ filters }, cut)).toContain("1 URL does not tell page_summary.referring_links_tld.de");
    expect(textOf({ filters }, makeSnapshot({ items }))).not.toContain("not tell");
  });

  it("holds lists that are not there, but none of links that are known to be none", () => {
    const url = "https://acme.example/";
    const items = [
      { url, summary: { referring_pages: 3, referring_pages_nofollow: 0, referring_links_attributes: null } },
      {
        url: `${url}a`,
        summary: { referring_pages: 3, referring_pages_nofollow: 2, referring_links_attributes: null },
      },
      { url: `${url}b`, summary: { referring_pages: 3, referring_links_attributes: { nofollow: 3 } } },
    ];
    const untold = makeSnapshot({ items, request: { internal_list_limit: 10 } });
    const answer = ask(untold, { filters: ["attribute:nofollow", "=", 0] });
    expect(answer.notes).toEqual([
      "1 URL does not tell attribute:nofollow (there is no such list of them) and cannot match",
    ]);
    expect(answer.table?.rows.map(([handle]) => handle)).toEqual(["p1"]);
    expect(ask(untold, { filters: ["attribute:ugc", "=", 0] }).notes.join()).toContain("2 URLs do not tell");
  });
});

describe("the use case", () => {
  const queryPages = createQueryPages({ findSnapshot: async () => acme, maxTokens: 1500, matchTexts: matchHere });

  it("asks for the newest snapshot of a target", async () => {
    const asked: unknown[] = [];
    const spy = createQueryPages({
      findSnapshot: async (ref) => {
        asked.push(ref);
        return acme;
      },
      maxTokens: 1500,
      matchTexts: matchHere,
    });
    await spy({ target: "https://www.acme.example/" }, { surface: "cli" });
    await spy({ snapshot_id: acme.id }, { surface: "cli" });
    expect(asked).toEqual([{ target: "acme.example" }, { snapshotId: acme.id }]);
  });

  it("refuses an id and a target that do not belong together", async () => {
    const both = queryPages({ snapshot_id: acme.id, target: "example.com" }, { surface: "mcp" });
    await expect(both).rejects.toThrow(/is example.com, but snapshot .* is of acme.example/);
  });

  it("refuses a handle that is not there, and names those that are", async () => {
    const unknown = queryPages({ snapshot_id: acme.id, handles: ["p1", "p94"] }, { surface: "mcp" });
    await expect(unknown).rejects.toThrow(/has no p94; it holds p1\.\.p93/);
  });

  it("names calls as the surface takes them", async () => {
    const answer = await queryPages({ target: "acme.example" }, { surface: "cli" });
    expect(answer.next[0]?.call).toMatch(/^domain-pages-mcp query --body '\{"snapshot_id"/);
  });
});

describe("a stranger's text", () => {
  const text = fc.oneof(hostileText, fc.string({ unit: "binary", maxLength: 400 }));
  const counts = fc.dictionary(text, fc.nat(300), { maxKeys: 12 });
  const item = fc.record({
    page: fc.oneof(
      text,
      text.map((rest) => `https://acme.example/${rest}`),
      text.map((rest) => `https://${rest}.acme.example/x/y`),
    ),
    status_code: fc.constantFrom(200, 301, 404, null),
    media_type: text,
    location: fc.option(text),
    meta: fc.record({
      title: fc.option(text),
      language: text,
      h1: fc.array(text, { maxLength: 14 }),
      technologies: fc.dictionary(text, text, { maxKeys: 3 }),
      social_media_tags: fc.dictionary(text, text, { maxKeys: 3 }),
    }),
    page_summary: fc.record({
      backlinks: fc.option(fc.nat(5000)),
      referring_pages: fc.option(fc.nat(300)),
      referring_links_tld: counts,
      referring_links_countries: counts,
      referring_links_attributes: counts,
    }),
  });
  const question = fc.oneof(
    fc.constantFrom<object[]>(
      {},
      { fold: false },
      { columns: ["meta.h1", "location", "meta.title", "meta.language", "media_type"] },
      { handles: ["p1"] },
      { text: "x", status: "broken" },
    ),
    text.map((words) => ({ text: words.slice(0, 200) })),
    text.map((words) => ({ filters: ["page", "<>", words.slice(0, 3000)] })),
    fc.array(text, { minLength: 2, maxLength: 8 }).map((texts) => ({
      filters: texts.flatMap((each, index) => [...(index > 0 ? ["and"] : []), ["page", "=", each]]),
      status: "live",
    })),
    fc.constantFrom(...GROUPINGS).map((group_by) => ({ group_by })),
  );

  /** Every form a line of an answer can have. */
  const LINE_FORMS = [
    /^$/,
    /^acme\.example: \d+ (?:of|full|record)/,
    /^where /,
    /^snapshot s_\w{8} of /,
    /^coverage: the (?:grouped )?rows hold /,
    /^note: (?:\d+ more note|filters|ref_links|lists|a page)/,
    /^not in this snapshot: /,
    /^id,url/,
    /^p\d+[, ]/,
    /^[a-z_]+,pages,/,
    /^(?:"(?:[^"]|"")*"|[^",]*),\d+,\d*\+?(?:,[\d+-]*)?,\d*,[\d.]*$/,
    // An area: links a page, and the share of them on failing pages.
    /^(?:"(?:[^"]|"")*"|[^",]*),\d+,\d*\+?,[\d.]*\+?,[\d+-]*,\d*,[\d.]*,[\d.]*$/,
    /^(?:no page matches|no group: |\d+ more condition|without |not one row fits)/,
    /^(?:[\w:$-]+|"(?:[^"\\]|\\.)*")(?:\.(?:[\w:$-]+|"(?:[^"\\]|\\.)*"))*: /,
    /^left out to fit: /,
    /^next, free: (?:query_domain_pages|read resource) /,
  ];

  it("never breaks a line, and never breaks the bound", () => {
    fc.assert(
      fc.property(
        fc.array(item, { minLength: 1, maxLength: 14 }),
        question,
        fc.integer({ min: 400, max: 2500 }),
        (items, asked, maxTokens) => {
          const answer = ask(itemsSnapshot(items, items.length), asked, maxTokens);
          const shown = renderQueryText(answer);
          const lines = shown.split("\n");
          expect(lines.filter((line) => !LINE_FORMS.some((form) => form.test(line)))).toEqual([]);
          expect(lines.join("")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
          expect(lines.filter((line) => /^p\d+,/.test(line))).toHaveLength(
            answer.groupBy === null ? (answer.table?.rows.length ?? 0) : 0,
          );
          expect(encode(shown).length).toBeLessThanOrEqual(1.1 * maxTokens);
        },
      ),
      { numRuns: 300 },
    );
  });
});

const open = (item: object, tokens = 10_000) => {
  const [record] = toRecords(readPages([item]).items, tokens, ASKING_PAGES.record);
  if (record === undefined) throw new Error("no record");
  return renderRecord(record).split("\n");
};

describe("a full record", () => {
  it.each<[string, object, string[]]>([
    [
      "leaves out what is null or empty",
      { page: "https://a.example/", status_code: 200, location: null, meta: { h1: [] } },
      ["status_code: 200"],
    ],
    [
      "puts an object's figures on one line",
      { page_summary: { rank: 3, backlinks: 0, lost_date: null } },
      ["page_summary: rank 3, backlinks 0"],
    ],
    [
      "shows maps as key and count",
      { page_summary: { referring_links_tld: { com: 12, net: 3, "": 1 } } },
      ["page_summary.referring_links_tld: com 12, net 3, (none) 1"],
    ],
    [
      "quotes sentences and no plain words",
      { meta: { title: "Hello, you", language: "en" } },
      ['meta.title: "Hello, you"', "meta.language: en"],
    ],
    [
      "shortens midnight",
      { fetch_time: "2026-01-02 00:00:00 +00:00", first_visited: "2026-01-02 03:04:05 +00:00" },
      ["fetch_time: 2026-01-02", "first_visited: 2026-01-02 03:04:05 +00:00"],
    ],
    [
      "counts what a long list holds beyond ten",
      { meta: { h2: Array(13).fill("x") } },
      [`meta.h2: ${Array(10).fill("x").join(", ")}, 3 more`],
    ],
    [
      "counts what a large map holds beyond forty",
      { m: { t: Object.fromEntries(Array.from({ length: 41 }, (_, at) => [`k${at}`, at])) } },
      [expect.stringMatching(/k39 39, 1 more$/)],
    ],
    ["quotes names that are none", { "a\nb": 1, "next, free": "x" }, ['"a b": 1', '"next, free": x']],
  ])("%s", (_what, item, expected) => {
    expect(open(item).slice(1)).toEqual(expected);
  });

  it("says everything that the item says", () => {
    const { items: pages } = sandboxSnapshot({ target: "acme.example", limit: 3 });
    const page = pages[0];
    if (page === undefined) throw new Error("no page");
    const told = toRecords([page], 10_000, ASKING_PAGES.record).map(renderRecord).join("\n");
    const leaves = (value: unknown): unknown[] =>
      typeof value === "object" && value !== null
        ? Object.values(value).flatMap(leaves)
        : value === null
          ? []
          : [value];
    const { type: _same, ...item } = page.raw;
    for (const leaf of leaves(item)) expect(told).toContain(String(leaf).replace(" 00:00:00 +00:00", ""));
  });

  it("names what did not fit, and shares the room evenly", () => {
    const { items: pages } = sandboxSnapshot({ target: "acme.example", limit: 3 });
    const records = toRecords(pages, 1200, ASKING_PAGES.record);
    for (const record of records) {
      expect(record.fields.map(({ name }) => name)).toContain("page_summary");
      expect(record.leftOut.length).toBeGreaterThan(0);
      expect(renderRecord(record)).toContain(`left out to fit: ${wordLeftOut(record.leftOut)}`);
    }
  });

  it("names a few of many left-out fields and counts the rest", () => {
    expect(wordLeftOut(["a", "b"])).toBe("a, b");
    expect(wordLeftOut(["a", "b", "c", "d", "e", "f", "g", "h"])).toBe("a, b, c and 5 more fields");
    expect(wordLeftOut(["x".repeat(500)])).toBe("1 field");
  });
});
