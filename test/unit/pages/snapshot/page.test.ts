import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classifyStatus, deadKindOf, readPages } from "../../../../src/pages/page.ts";

const ITEM = {
  page: "https://acme.example/old",
  status_code: 301,
  location: "https://acme.example/new",
  meta: { title: "Old" },
  page_summary: {
    rank: 12,
    backlinks: 0,
    backlinks_spam_score: 3,
    referring_domains: 4,
    referring_ips: 3,
    referring_subnets: 2,
    referring_pages: 5,
    referring_pages_nofollow: 1,
    lost_date: "2026-05-01 00:00:00 +00:00",
    future_field: { kept: true },
  },
};

describe("an item of the endpoint", () => {
  it("is read whole, and kept as it came", () => {
    const { pages, oddFields } = readPages([ITEM]);
    expect(oddFields).toBe(0);
    expect(pages).toEqual([
      {
        handle: "p1",
        url: "https://acme.example/old",
        status: 301,
        location: "https://acme.example/new",
        title: "Old",
        rank: 12,
        backlinks: 0,
        referringDomains: 4,
        referringIps: 3,
        referringSubnets: 2,
        referringPages: 5,
        referringPagesNofollow: 1,
        spamScore: 3,
        lostDate: "2026-05-01 00:00:00 +00:00",
        raw: ITEM,
      },
    ]);
  });

  it("keeps a known zero apart from what is missing", () => {
    const { pages, oddFields } = readPages([
      ITEM,
      { page: "https://acme.example/", page_summary: { backlinks: null } },
      {},
    ]);
    expect(pages.map(({ backlinks }) => backlinks)).toEqual([0, null, null]);
    expect(oddFields).toBe(0);
  });

  it("has a handle by its place", () => {
    expect(readPages([{}, {}, {}]).pages.map(({ handle }) => handle)).toEqual(["p1", "p2", "p3"]);
  });

  it.each<[string, unknown, number | null, number]>([
    ["a number as text", "12", 12, 1],
    ["a fraction as text", "-1.5", -1.5, 1],
    ["words", "many", null, 1],
    ["too many digits", "9".repeat(400), null, 1],
    ["more than a number holds", Number.POSITIVE_INFINITY, null, 1],
    ["a boolean", true, null, 1],
    ["null", null, null, 0],
  ])("reads %s where a number belongs, and counts it when odd", (_what, rank, read, odd) => {
    const { pages, oddFields } = readPages([{ page_summary: { rank } }]);
    expect(pages[0]?.rank).toBe(read);
    expect(oddFields).toBe(odd);
  });

  it.each([["text"], [5], [[1]], [true]])("is no page when it is no object: %j", (item) => {
    expect(readPages([item])).toMatchObject({ pages: [], emptyItems: 1 });
  });

  it("is never lost over an odd part", () => {
    const { pages, oddFields } = readPages([{ page: 5, meta: "x", page_summary: [1] }]);
    expect(pages).toHaveLength(1);
    expect(oddFields).toBe(3);
  });
});

it.each([
  [null, 0],
  [undefined, 0],
  [[], 0],
  ["items", 1],
  [{}, 1],
])("reads no pages from %j", (items, oddFields) => {
  expect(readPages(items)).toMatchObject({ pages: [], oddFields });
});

it("reads one page for every object of any array", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (items) => {
      const { pages, emptyItems, repeatedItems } = readPages(items);
      expect(pages.length + emptyItems + repeatedItems).toBe(items.length);
      for (const { rank, backlinks } of pages)
        expect([rank, backlinks].every((n) => n === null || Number.isFinite(n))).toBe(true);
    }),
  );
});

it("takes null items for no pages, and the very same URL twice for one page: the one that answers", () => {
  const at = (page: string, status_code: number) => ({ page, status_code, page_summary: { backlinks: 10 } });
  const read = readPages([
    null,
    at("https://acme.example/a", 404),
    null,
    at("https://acme.example/a", 200),
    at("https://acme.example/b", 200),
  ]);
  expect(read).toMatchObject({ emptyItems: 2, repeatedItems: 1 });
  expect(read.pages.map(({ handle, status }) => [handle, status])).toEqual([
    ["p1", 200],
    ["p2", 200],
  ]);
});

describe("the class of a status", () => {
  it.each([
    ["live", [200, 204, 299]],
    ["redirect", [300, 301, 302, 307, 308, 399]],
    ["gone", [404, 410]],
    ["refused", [400, 401, 403, 405, 406, 407, 418, 429, 451, 499, 600, 999]],
    ["trouble", [500, 502, 503, 520, 527, 599]],
    [null, [null, 0, -1, 100, 199]],
  ] as const)("is %s for its statuses", (expected, statuses) => {
    for (const status of statuses) expect([status, classifyStatus(status)]).toEqual([status, expected]);
  });

  it("is one of the dead for every status from 400 on, and for no other", () => {
    for (let status = 0; status < 1200; status += 1) {
      expect([status, deadKindOf(status) !== null]).toEqual([status, status >= 400]);
    }
    expect(deadKindOf(null)).toBeNull();
  });
});
