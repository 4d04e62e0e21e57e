import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../../src/errors.ts";
import { importAnswer } from "../../../../src/lists/endpoint-answer.ts";
import { toRequestBody } from "../../../../src/lists/request.ts";
import { createSnapshot, type EndpointAnswer, type SnapshotFacts } from "../../../../src/lists/snapshot.ts";
import { DOMAIN_PAGES } from "../../../../src/pages/domain-pages.ts";
import { classifyStatus, deadKindOf, readPages } from "../../../../src/pages/page.ts";
import { caught } from "../../../support/caught.ts";

describe("identity", () => {
  const answerOf = (page: string) => ({
    taskId: null,
    version: null,
    echo: null,
    target: "acme.example",
    upstreamCostUsd: null,
    totalCount: 1,
    items: [{ page }],
  });

  const idOf = (page: string, facts: Partial<SnapshotFacts>): string =>
    createSnapshot(DOMAIN_PAGES, answerOf(page), {
      source: "sandbox",
      request: { target: "acme.example" },
      requestKey: "key",
      fetchedAt: 1,
      charge: { kind: "none" },
      ...facts,
    }).id;

  it.each<[string, Partial<SnapshotFacts>]>([
    ["is imported", { source: "import" }],
    ["tells no time", { fetchedAt: null }],
  ])(
    "what %s has its id from all of its content: no other takes its place, and the same again is the same",
    (_, facts) => {
      expect(idOf("https://acme.example/a", facts)).not.toBe(idOf("https://acme.example/b", facts));
      expect(idOf("https://acme.example/a", facts)).toBe(idOf("https://acme.example/a", facts));
    },
  );

  it("answers that came in one reply, at one time and without a task, have an id each", () => {
    const ids = [undefined, 0, 1, 2].map((beside) =>
      idOf("https://acme.example/a", beside === undefined ? {} : { beside }),
    );
    expect(new Set(ids).size).toBe(4);
  });

  it("answers to two requests that came at one time, without a task and as long as each other, have an id each", () => {
    const ids = ["one", "other"].map((requestKey) => idOf("https://acme.example/a", { requestKey }));
    expect(ids[0]).not.toBe(ids[1]);
  });
});

describe("import answer", () => {
  const ANSWER: EndpointAnswer = {
    taskId: "07081446-1234-0270-0000-0123456789ab",
    version: "0.1.20260610",
    echo: { api: "backlinks", function: "domain_pages", target: "acme.example", limit: 10, order_by: null },
    target: "acme.example",
    upstreamCostUsd: 0.02436,
    totalCount: 2,
    items: [{ page: "https://acme.example/", fetch_time: "2026-07-01 10:00:00 +00:00" }],
  };

  const answer = (change: Partial<EndpointAnswer>): EndpointAnswer => ({ ...ANSWER, ...change });

  describe("a saved answer", () => {
    it("becomes a snapshot that was not bought here", () => {
      expect(importAnswer(DOMAIN_PAGES, ANSWER)).toMatchObject({
        source: "import",
        request: { target: "acme.example", limit: 10 },
        fetchedAt: Date.UTC(2026, 6, 8, 14, 46),
        charge: { kind: "none" },
        upstreamCostUsd: 0.02436,
        totalCount: 2,
        oddFields: 0,
      });
    });

    it("gets the same id each time, and another one for another answer", () => {
      const { id } = importAnswer(DOMAIN_PAGES, ANSWER);
      expect(id).toMatch(/^s_[0-9a-hjkmnp-tv-z]{8}$/);
      expect(importAnswer(DOMAIN_PAGES, structuredClone(ANSWER)).id).toBe(id);
      expect(importAnswer(DOMAIN_PAGES, answer({ taskId: "07081447-1234-0270-0000-0123456789ab" })).id).not.toBe(id);
    });

    it("keeps the filters and the order of its echo", () => {
      const body = {
        target: "acme.example",
        filters: [["page_summary.backlinks", ">", 5], "and", ["some.future_field", "=", 1]],
        order_by: ["page_summary.backlinks,desc"],
      };
      expect(
        toRequestBody(importAnswer(DOMAIN_PAGES, answer({ echo: { api: "backlinks", ...body } })).request),
      ).toEqual(body);
    });

    it("is known by its target alone where its echo is not understood", () => {
      expect(importAnswer(DOMAIN_PAGES, answer({ echo: { target: "acme.example", limit: "lots" } })).request).toEqual({
        target: "acme.example",
      });
      expect(importAnswer(DOMAIN_PAGES, answer({ echo: "nothing" })).request).toEqual({ target: "acme.example" });
    });

    it("is refused when it does not name its target", () => {
      const error = caught(() =>
        importAnswer(DOMAIN_PAGES, answer({ echo: null, target: null, items: [{ page: "" }] })),
      );
      expect(error).toMatchObject({ kind: "input", message: "The saved answer does not name its target." });
    });
  });

  describe("the time of a saved answer", () => {
    const timeOf = (change: Partial<EndpointAnswer>) => {
      const { fetchedAt } = importAnswer(DOMAIN_PAGES, answer(change));
      return fetchedAt === null ? null : new Date(fetchedAt).toISOString().slice(0, 16);
    };

    it("is read from the task's id and the newest date in the answer", () => {
      expect(timeOf({})).toBe("2026-07-08T14:46");
    });

    it("falls in the year after the newest date where it would lie before it", () => {
      expect(timeOf({ taskId: "01020304-x", items: null })).toBe("2027-01-02T03:04");
    });

    it("may lie a little before the newest crawl", () => {
      expect(timeOf({ items: [{ fetch_time: "2026-07-08 20:00:00 +00:00" }, null, { fetch_time: 5 }] })).toBe(
        "2026-07-08T14:46",
      );
    });

    it("is unknown without an id or without any date", () => {
      expect(timeOf({ taskId: null })).toBeNull();
      expect(timeOf({ taskId: "13320000-x" })).toBeNull();
      expect(timeOf({ taskId: "abc" })).toBeNull();
      expect(timeOf({ version: null, items: null })).toBeNull();
    });

    it("is found among more items than a function takes arguments", () => {
      expect(timeOf({ items: Array(200_000).fill({ fetch_time: "2026-07-01 10:00:00 +00:00" }) })).toBe(
        "2026-07-08T14:46",
      );
    });
  });

  it("imports or refuses any answer", () => {
    fc.assert(
      fc.property(
        fc.record({
          echo: fc.jsonValue(),
          items: fc.jsonValue(),
          target: fc.option(fc.string()),
          taskId: fc.option(fc.string()),
        }),
        (change) => {
          try {
            expect(importAnswer(DOMAIN_PAGES, answer(change)).source).toBe("import");
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        },
      ),
    );
  });
});

describe("page", () => {
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
      const { items: pages, oddFields } = readPages([ITEM]);
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
      const { items: pages, oddFields } = readPages([
        ITEM,
        { page: "https://acme.example/", page_summary: { backlinks: null } },
        {},
      ]);
      expect(pages.map(({ backlinks }) => backlinks)).toEqual([0, null, null]);
      expect(oddFields).toBe(0);
    });

    it("has a handle by its place", () => {
      expect(readPages([{}, {}, {}]).items.map(({ handle }) => handle)).toEqual(["p1", "p2", "p3"]);
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
      const { items: pages, oddFields } = readPages([{ page_summary: { rank } }]);
      expect(pages[0]?.rank).toBe(read);
      expect(oddFields).toBe(odd);
    });

    it.each([["text"], [5], [[1]], [true]])("is no page when it is no object: %j", (item) => {
      expect(readPages([item])).toMatchObject({ items: [], emptyItems: 1 });
    });

    it("is never lost over an odd part", () => {
      const { items: pages, oddFields } = readPages([{ page: 5, meta: "x", page_summary: [1] }]);
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
    expect(readPages(items)).toMatchObject({ items: [], oddFields });
  });

  it("reads one page for every object of any array", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (items) => {
        const { items: pages, emptyItems, repeatedItems } = readPages(items);
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
    expect(read.items.map(({ handle, status }) => [handle, status])).toEqual([
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
});
