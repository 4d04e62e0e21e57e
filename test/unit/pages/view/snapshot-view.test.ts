import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeBody } from "../../../../bench/make-body.ts";
import { MAX_VIEW_BYTES, toSnapshotView } from "../../../../src/pages/view/snapshot-view.ts";
import { type SnapshotView, VIEW_COLUMNS } from "../../../../src/pages/view/view-data.ts";
import { hostileText } from "../../../support/hostile-text.ts";
import { type ItemFacts, makeSnapshot, type SnapshotFactsInTests } from "../../../support/make-snapshot.ts";
import { itemsSnapshot } from "../../../support/sandbox-answer.ts";

const thousand = () => itemsSnapshot(JSON.parse(makeBody(1000)).tasks[0].result[0].items, 22_261);

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** The rows by column. */
const rowsOf = ({ rows }: SnapshotView) =>
  rows.cells.map((cells) => Object.fromEntries(VIEW_COLUMNS.map((column, at) => [column, cells[at]])));

const view = (items: readonly ItemFacts[], facts: SnapshotFactsInTests = {}): SnapshotView =>
  toSnapshotView(makeSnapshot({ items, ...facts }));

const HOME: readonly ItemFacts[] = [
  {
    url: "http://acme.example/",
    status: 301,
    location: "https://acme.example/",
    summary: { rank: 40, backlinks: 4, referring_domains: 2, first_seen: "2019-03-02 10:00:00 +00:00" },
  },
  {
    url: "https://acme.example/",
    status: 200,
    title: "Acme\n\u202eAnvils",
    summary: {
      rank: 90,
      backlinks: 9,
      referring_domains: 5,
      backlinks_spam_score: 3,
      referring_pages: 9,
      referring_pages_nofollow: 3,
      first_seen: "2020-01-31 00:00:00 +00:00",
      lost_date: "2026-07-01 12:00:00 +00:00",
    },
  },
];

describe("rows", () => {
  it("are one per real page, with what is known of all its variants", () => {
    expect(rowsOf(view(HOME))).toEqual([
      {
        handle: "p2",
        url: "https://acme.example/",
        status: 200,
        location: null,
        title: "Acme Anvils",
        rank: 90,
        backlinks: 13,
        backlinksAtLeast: false,
        domainsLow: 5,
        domainsHigh: 7,
        nofollow: 0.333,
        spamLow: 3,
        spamHigh: 3,
        firstSeen: "2019-03-02",
        lost: "2026-07-01",
        section: "/",
        variants: ["p1"],
        variantsInAll: 1,
      },
    ]);
  });

  it("tell unknown from zero", () => {
    const [unknown, zero] = rowsOf(view([{ url: "https://acme.example/a" }, { summary: { backlinks: 0, rank: 0 } }]));
    expect(unknown).toMatchObject({ backlinks: null, rank: null, status: null, domainsLow: null, firstSeen: null });
    expect(zero).toMatchObject({ backlinks: 0, rank: 0, url: "", section: null });
  });

  it("keep a URL whole up to 500 characters, and mark a cut", () => {
    const url = `https://acme.example/${"x".repeat(479)}`;
    const [whole, cut] = rowsOf(view([{ url }, { url: `${url}yz` }]));
    expect(whole?.["url"]).toBe(url);
    expect(cut?.["url"]).toBe(`${url.slice(0, -1)}…`);
  });

  it("name a hundred variants, and count all", () => {
    const urls = Array.from({ length: 151 }, (_, index) => ({ url: `https://acme.example/?utm_source=${index}` }));
    const [row] = rowsOf(view(urls));
    expect(row?.["variants"]).toHaveLength(100);
    expect(row?.["variantsInAll"]).toBe(150);
  });

  it("go on where the last ones ended, until all have travelled", () => {
    const snapshot = thousand();
    const seen: unknown[] = [];
    for (let from = 0; ; ) {
      const { rows } = toSnapshotView(snapshot, { from });
      expect(rows.from).toBe(from);
      expect(rows.cells.length).toBeGreaterThan(0);
      seen.push(...rows.cells.map(([handle]) => handle));
      from += rows.cells.length;
      if (from === rows.total) break;
    }
    const whole = toSnapshotView(snapshot, { maxBytes: Infinity });
    expect(seen).toEqual(whole.rows.cells.map(([handle]) => handle));
    expect(whole.rows.total).toBe(whole.head.folds);
  });

  it("are none behind the last", () => {
    expect(toSnapshotView(makeSnapshot({ items: HOME }), { from: 9 }).rows).toEqual({ from: 1, total: 1, cells: [] });
  });
});

describe("the head", () => {
  it("tells the charge and what is left in words", () => {
    const snapshot = makeSnapshot({ items: HOME });
    const of = (delivery: Parameters<typeof toSnapshotView>[1] & object) =>
      toSnapshotView(snapshot, delivery).head.charge;
    expect(of({ delivery: { how: "bought", ageMs: 0, leftUsd: 4.5 } })).toBe(
      "charged $0.012; upstream cost $0.02436; $4.5 left of today's budget",
    );
    expect(of({ delivery: { how: "kept", ageMs: 60_000, leftUsd: null } })).toMatch(/^free now, charged \$0\.012/);
    expect(view(HOME, { source: "sandbox" }).head.charge).toBe("free");
    expect(view(HOME, { source: "import" }).head.charge).toBe("imported; upstream cost $0.02436 when fetched");
  });

  it("tells how much of the list it is, and what was asked", () => {
    const { head } = view(HOME, { totalCount: 5, request: { include_subdomains: false, limit: 2 } });
    expect(head).toMatchObject({
      coverage: "the rows hold all 13 backlinks fetched; the 3 URLs not fetched",
      asked: "by rank; live backlinks, subdomains left out",
      pagesFetched: 2,
      pagesTotal: 5,
      folds: 1,
      backlinks: 13,
      request: { target: "acme.example", include_subdomains: false, limit: 2 },
    });
  });

  it("has no coverage to tell without pages", () => {
    expect(view([])).toMatchObject({ head: { coverage: "no pages", backlinks: 0 }, rows: { total: 0 }, findings: [] });
  });

  it("leaves out a request that is too long to travel, but not of a file", () => {
    const tag = "x".repeat(10_000);
    const snapshot = makeSnapshot({ request: { tag } });
    expect(toSnapshotView(snapshot).head.request).toBeNull();
    expect(toSnapshotView(snapshot, { maxBytes: Infinity }).head.request).toEqual({ target: "acme.example", tag });
  });

  it("counts notes that do not fit", () => {
    const notes = Array.from({ length: 100 }, (_, index) => `${index} ${"x".repeat(400)}`);
    const { head } = toSnapshotView(makeSnapshot(), { notes });
    expect(head.notes.at(-1)).toBe(`${101 - head.notes.length} more notes left out`);
    for (const note of head.notes) expect(note.length).toBeLessThanOrEqual(300);
  });
});

describe("findings", () => {
  it("name all their pages, and tell of the first three", () => {
    const dead = [5, 9, 7, 8].map((backlinks, index) => ({
      url: `https://acme.example/${index}`,
      status: 404,
      summary: { backlinks },
    }));
    expect(view(dead).findings).toEqual([
      {
        rule: "dead pages with links, gone (http 404, 410)",
        unit: "page",
        pages: 4,
        backlinks: 29,
        handles: ["p2", "p4", "p3", "p1"],
        says: { p2: "9", p4: "8", p3: "7" },
      },
    ]);
  });

  it("cite only rows, and tell of a variant by its URL", () => {
    const links = (backlinks: number) => ({ summary: { backlinks, referring_domains: 2 } });
    const shown = view([
      { url: "https://acme.example/new", status: 200, ...links(5) },
      { url: "https://acme.example/old", status: 301, location: "https://acme.example/older", ...links(9) },
      { url: "https://acme.example/older", status: 301, location: "https://acme.example/new", ...links(8) },
      { url: "https://acme.example/p2", status: 404, ...links(3) },
    ]);
    const rows = rowsOf(shown).map(({ handle }) => handle);
    expect(rows).toEqual(["p1", "p4"]);
    for (const { handles, says } of shown.findings) {
      expect(rows).toEqual(expect.arrayContaining([...handles, ...Object.keys(says)]));
    }
    const redirects = shown.findings.find(({ rule }) => rule.startsWith("redirects with links"));
    expect(redirects).toMatchObject({ pages: 2, unit: "URL", rows: 1, handles: ["p1"] });
    expect(redirects?.says).toEqual({
      p1: '"https://acme.example/old" 9 from 2 domains; "https://acme.example/older" 8 from 2 domains',
    });
    const chains = shown.findings.find(({ rule }) => rule.startsWith("redirect chains"));
    expect(chains?.says).toEqual({ p1: '"https://acme.example/old" 9 from 2 domains, via p3 (in p1)' });
  });

  it("tell how many pages they have where not all are named", () => {
    const dead = Array.from({ length: 6000 }, (_, index) => ({
      url: `https://acme.example/${index}`,
      status: 404,
      summary: { backlinks: 1 },
    }));
    const [finding] = view(dead).findings;
    expect(finding?.pages).toBe(6000);
    expect(finding?.handles.length).toBeGreaterThan(1000);
    expect(finding?.handles.length).toBeLessThan(6000);
    expect(toSnapshotView(makeSnapshot({ items: dead }), { maxBytes: Infinity }).findings[0]?.handles).toHaveLength(
      6000,
    );
  });
});

describe("breakdowns", () => {
  it("sum the links over all pages, the largest twelve first, and count the rest", () => {
    const tlds = Object.fromEntries(Array.from({ length: 14 }, (_, index) => [`t${index}`, index + 1]));
    const items = [1, 2].map((page) => ({
      url: `https://acme.example/${page}`,
      summary: { referring_pages: 200, referring_links_tld: tlds, referring_links_countries: { "": 3, DE: 2 } },
    }));
    const { breakdowns } = view(items, { request: { internal_list_limit: 100 } });
    expect(breakdowns.tlds.entries).toHaveLength(12);
    expect(breakdowns.tlds.entries[0]).toEqual({ name: "t13", links: 28 });
    expect(breakdowns.tlds).toMatchObject({ more: 2, atLeast: false });
    expect(breakdowns.countries.entries).toEqual([
      { name: "(unknown)", links: 6 },
      { name: "DE", links: 4 },
    ]);
  });

  it("say that sums are the least where lists were cut", () => {
    const items = [
      { url: "https://acme.example/1", summary: { referring_pages: 9, referring_links_tld: { com: 5, net: 2 } } },
      { url: "https://acme.example/2", summary: { referring_pages: 9, referring_links_tld: { org: 5 } } },
    ];
    expect(view(items, { request: { internal_list_limit: 2 } }).breakdowns.tlds.atLeast).toBe(true);
    expect(view(items, { request: { internal_list_limit: 3 } }).breakdowns.tlds.atLeast).toBe(false);
  });
});

const hostileItem = fc.record({
  url: hostileText.map((text) => `https://acme.example/${text}`),
  status: fc.constantFrom(200, 301, 404, null),
  location: hostileText,
  title: fc.oneof(
    hostileText,
    hostileText.map((text) => text.repeat(50)),
  ),
  summary: fc.record({
    backlinks: fc.nat(),
    referring_pages: fc.nat(),
    first_seen: hostileText,
    lost_date: hostileText,
    referring_links_tld: fc.dictionary(hostileText, fc.nat()),
    referring_links_types: fc.dictionary(hostileText, fc.nat()),
    referring_links_countries: fc.dictionary(hostileText, fc.nat()),
  }),
});

/** Every text in it, names of keys too. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [key, ...textsOf(each)]);
}

describe("whatever pages hold", () => {
  it("texts are bounded, and free of what breaks lines, hides or turns text", () => {
    fc.assert(
      fc.property(fc.array(hostileItem, { maxLength: 8 }), fc.array(hostileText), (items, notes) => {
        const { head, ...made } = toSnapshotView(makeSnapshot({ items }), { notes });
        for (const text of textsOf({ ...made, ...head, request: null })) {
          expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
          expect(Array.from(text).length).toBeLessThanOrEqual(600);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("the JSON never exceeds its bytes, and a row travels all the same", () => {
    const wide = "\u{1F642}".repeat(700);
    const items = Array.from({ length: 300 }, (_, index) => ({
      url: `https://acme.example/${index}${wide}`,
      location: `https://acme.example/${wide}`,
      status: index % 2 === 0 ? 404 : 301,
      title: `"${wide}`,
      summary: { backlinks: index, referring_pages: 99, referring_links_tld: { [wide + index]: 3 } },
    }));
    const made = toSnapshotView(makeSnapshot({ items }), {
      notes: Array.from({ length: 50 }, () => wide),
      selection: { where: Array.from({ length: 20 }, () => wide), handles: items.map((_, index) => `p${index + 1}`) },
    });
    expect(bytesOf(made)).toBeLessThanOrEqual(MAX_VIEW_BYTES);
    expect(made.rows.cells.length).toBeGreaterThan(0);
    expect(made.selection).toMatchObject({ total: 300 });
    expect(bytesOf(toSnapshotView(thousand()))).toBeLessThanOrEqual(MAX_VIEW_BYTES);
  });

  it("is the same however often it is asked for", () => {
    const snapshot = thousand();
    expect(JSON.stringify(toSnapshotView(snapshot))).toBe(JSON.stringify(toSnapshotView(snapshot)));
  });
});
