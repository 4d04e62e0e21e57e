import { describe, expect, it } from "vitest";
import { parseRequest } from "../../../../src/pages/domain-pages.ts";
import { ASKING_PAGES } from "../../../../src/pages/query/asking-pages.ts";
import { parseQuery } from "../../../../src/pages/query/query-pages.ts";
import { GROUPINGS } from "../../../../src/pages/query/query-schema.ts";
import { makeSnapshot } from "../../../support/make-snapshot.ts";
import { ask, columnOf, handlesOf } from "./ask.ts";

const countries = (counts: Record<string, number>) => ({ referring_links_countries: counts });

const snapshot = makeSnapshot({
  items: [
    {
      url: "https://www.acme.example/anvils",
      status: 200,
      title: "Anvils",
      summary: {
        rank: 50,
        backlinks: 40,
        referring_domains: 8,
        backlinks_spam_score: 7,
        referring_pages: 20,
        referring_pages_nofollow: 5,
        lost_date: "2026-05-01 00:00:00 +00:00",
        ...countries({ US: 15, DE: 3, "": 2 }),
        referring_links_tld: { edu: 4, com: 16 },
        referring_links_attributes: { nofollow: 5, ugc: 2 },
      },
    },
    {
      url: "https://shop.acme.example/rockets",
      status: 404,
      title: "Rockets",
      summary: {
        rank: 20,
        backlinks: 90,
        referring_domains: 3,
        backlinks_spam_score: 30,
        referring_pages: 30,
        referring_pages_nofollow: 30,
        lost_date: "2026-06-01 00:00:00 +00:00",
        ...countries({ DE: 30 }),
        referring_links_tld: { de: 30 },
        referring_links_attributes: {},
      },
    },
    { url: "https://acme.example/bare", status: 200, summary: {} },
  ],
});

/** A condition for each column that the first row meets and no other, by the value that is shown. */
const CONDITIONS: Readonly<Record<string, [string, unknown]>> = {
  id: ["=", "p1"],
  url: ["=", "/anvils"],
  http: ["=", 200],
  rank: ["=", 50],
  backlinks: ["<", 50],
  ref_domains: ["=", 8],
  "nofollow%": ["=", 25],
  spam: ["<", 10],
  lost: ["<", "2026-05-31 00:00:00 +00:00"],
  title: ["=", "Anvils"],
  "country:US": [">", 0],
  "country:us%": ["=", 75],
  "country:(unknown)": ["=", 2],
  "tld:edu": [">=", 4],
  "tld:edu%": ["=", 20],
  "attribute:ugc": [">", 0],
};

describe("a column that answers show", () => {
  it("is one of those tried here", () => {
    const tried = Object.keys(CONDITIONS);
    for (const column of ASKING_PAGES.table.columns) expect(tried).toContain(column);
  });

  it.each(Object.entries(CONDITIONS))(
    "can be filtered, sorted by and asked for as %s, without a note",
    (name, [operator, value]) => {
      const filters = [[name, operator, value], "and", ["ref_domains", ">", 5]];
      const found = ask(snapshot, { filters, order_by: [`${name},desc`], columns: [name] });
      expect(handlesOf(found)).toEqual(["p1"]);
      // The bare page tells no breakdown: that is said, and is no matter of names.
      expect(found.notes.filter((note) => !note.includes("does not tell"))).toEqual([]);
    },
  );

  it.each([
    ["nofollow%,desc", ["p2", "p1", "p3"]],
    ["country:US,desc", ["p1", "p2", "p3"]],
    ["country:DE%,desc", ["p2", "p1", "p3"]],
    ["spam,asc", ["p1", "p2", "p3"]],
    ["url,asc", ["p1", "p3", "p2"]],
    ["title,desc", ["p2", "p1", "p3"]],
  ])("sorts by %s, what is unknown last", (rule, handles) => {
    expect(handlesOf(ask(snapshot, { order_by: [rule] }))).toEqual(handles);
  });

  it("is shown under the name that was asked for, with its share beside it", () => {
    const answer = ask(snapshot, { columns: ["country:us", "country:US%", "tld:edu%", "nofollow%"] });
    expect(answer.table?.columns).toEqual(["id", "url", "country:US", "country:US%", "tld:edu%", "nofollow%"]);
    expect(answer.table?.rows).toEqual([
      ["p1", "/anvils", 15, 75, 20, 25],
      ["p2", "shop.acme.example/rockets", 0, 0, 0, 100],
      ["p3", "/bare", null, null, null, null],
    ]);
  });

  it.each([
    ["/anvils", ["p1"]],
    ["https://www.acme.example/anvils", ["p1"]],
    ["shop.acme.example/rockets", ["p2"]],
  ])("is found by its URL as tables show it, and whole: %s", (url, handles) => {
    expect(handlesOf(ask(snapshot, { filters: ["url", "=", url] }))).toEqual(handles);
    expect(handlesOf(ask(snapshot, { filters: ["url", "<>", url] }))).not.toContain(handles[0]);
  });

  it("comes back in the call that shows more, under its name", () => {
    const { next } = ask(snapshot, { columns: ["country:US"], order_by: ["country:US,desc"], limit: 1 });
    expect(next.map(({ call }) => call).join()).toContain('"columns":["country:US"]');
  });
});

describe("what is said of a question", () => {
  it("is said in the names that it was asked in", () => {
    const answer = ask(snapshot, {
      filters: [["country:us", ">", 0], "and", ["page_summary.rank", ">", 1], "and", ["Backlinks", ">", 1]],
      order_by: ["ref_domains,desc", "page_summary.rank,asc"],
      columns: ["language", "tld:edu"],
    });
    expect(answer.conditions).toEqual(['["country:US",">",0]', '["page_summary.rank",">",1]', '["backlinks",">",1]']);
    expect(answer.order).toEqual(["ref_domains desc", "page_summary.rank asc"]);
    expect(answer.table?.columns).toEqual(["id", "url", "language", "tld:edu"]);
  });

  it("is in those names where nothing was found, and where lists do not tell", () => {
    const { loosened, notes, next } = ask(snapshot, { filters: [["country:US", ">", 99], "and", ["spam", "<", 90]] });
    expect(loosened?.map(({ words }) => words)).toEqual(['["country:US",">",99]']);
    expect(notes.join()).toMatch(/not tell country:US \(/);
    expect([notes, next.map(({ call }) => call)].join()).not.toContain("page_summary");
  });

  it("is refused in those names", () => {
    const refuse = (question: object) => () => parseQuery({ target: "acme.example", ...question });
    expect(refuse({ filters: ["country:US", "like", "x"] })).toThrow(/country:US \(num\) takes/);
    expect(refuse({ filters: ["spam", "=", "much"] })).toThrow(/spam is a number.*\["spam","=",10\]/);
    expect(refuse({ order_by: ["ref_domains"] })).toThrow(/"ref_domains,desc"/);
  });

  it("is in those names in the call for more, and in the one that opens a group", () => {
    const more = ask(snapshot, { filters: ["backlinks", ">", 1], order_by: ["spam,asc"], limit: 1 });
    expect(more.next[0]?.call).toContain('"filters":["backlinks",">",1],"order_by":["spam,asc"]');
    const drill = ask(snapshot, { group_by: "country" }).next.find(({ gain }) => gain.startsWith("the pages of"));
    expect(drill?.call).toContain('["country:DE",">",0]');
  });

  it("has no note on names that exported tables have", () => {
    const columns = ["ref_pages", "ref_ips", "referring_pages_nofollow", "lost_date", "first_seen"];
    const answer = ask(snapshot, { columns });
    expect(answer.notes).toEqual([]);
    expect(answer.table?.columns.slice(2)).toEqual(columns);
  });
});

describe("what answers know of a page beside its fields", () => {
  const page = (url: string, more: object = {}) => ({
    url,
    status: 200,
    summary: { backlinks: 5, first_seen: "2026-02-03 00:00:00 +00:00" },
    ...more,
  });
  const raw = [
    page("https://acme.example/"),
    page("https://acme.example/blog/one"),
    page("https://acme.example/blog/two"),
    page("https://blog.acme.example/three"),
    page("https://acme.example/docs/a"),
    ...Array.from({ length: 6 }, (_, index) => page(`https://acme.example/docs/b${index}`)),
    {
      url: "http://acme.example/docs/a",
      status: 301,
      location: "https://acme.example/docs/a",
      summary: { backlinks: 1 },
    },
  ];
  const site = makeSnapshot({ items: raw });

  it("can be shown", () => {
    const columns = ["section", "area", "subdomain", "technology", "month_first_seen", "month_first_visited"];
    const answer = ask(site, { columns, limit: 4 });
    expect(answer.notes).toEqual([]);
    expect(answer.table?.columns).toEqual(["id", "url", ...columns]);
    expect(answer.table?.rows).toEqual([
      ["p1", "/", "/", "/", "acme.example", null, "2026-02", null],
      ["p2", "/blog/one", "/blog", "/blog + blog.acme.example", "acme.example", null, "2026-02", null],
      ["p3", "/blog/two", "/blog", "/blog + blog.acme.example", "acme.example", null, "2026-02", null],
      [
        "p4",
        "blog.acme.example/three",
        "blog.acme.example/",
        "/blog + blog.acme.example",
        "blog.acme.example",
        null,
        "2026-02",
        null,
      ],
    ]);
  });

  it.each<[unknown, string[]]>([
    [
      ["id", "in", ["p2", "p4"]],
      ["p2", "p4"],
    ],
    [
      ["section", "=", "/blog"],
      ["p2", "p3"],
    ],
    [
      ["area", "ilike", "/blog%"],
      ["p2", "p3", "p4"],
    ],
    [["subdomain", "<>", "acme.example"], ["p4"]],
    [
      ["section", "regex", "^/b"],
      ["p2", "p3"],
    ],
    [[["section", "=", "/docs"], "and", ["id", "<>", "p5"], "and", ["url", "like", "%a"]], ["p12"]],
    [["month_first_seen", "=", "2026-02"], ["p1"]],
  ])("can be filtered by: %j", (filters, handles) => {
    expect(handlesOf(ask(site, { filters })).slice(0, 3)).toEqual(expect.arrayContaining(handles.slice(0, 3)));
    // Nothing is read as something else; what a row leaves out is another matter.
    expect(ask(site, { filters }).notes.filter((note) => !note.includes("of the same page"))).toEqual([]);
  });

  it.each(["section", "area", "subdomain", "month_first_seen"] as const)(
    "chooses by %s as many rows as the group of that name counts, folded and not",
    (name) => {
      for (const fold of [true, false]) {
        for (const [group, pages] of ask(site, { group_by: name, fold }).table?.rows ?? []) {
          expect(ask(site, { filters: [name, "=", group], fold }).rowsMatched).toBe(group === "(unknown)" ? 0 : pages);
        }
      }
    },
  );

  it("can be sorted by, handles by their numbers", () => {
    expect(handlesOf(ask(site, { order_by: ["id,desc"] })).slice(0, 3)).toEqual(["p11", "p10", "p9"]);
    expect(handlesOf(ask(site, { order_by: ["section,desc", "id,asc"] })).slice(0, 2)).toEqual(["p4", "p5"]);
  });

  it("finds a technology among several, and says nothing of how the upstream would", () => {
    const item = { ...page("https://acme.example/x"), technologies: null };
    const withWords = makeSnapshot({ items: [item, page("https://acme.example/y")] });
    Object.assign(withWords.items[0]?.raw["meta"] ?? {}, { technologies: { cms: ["WordPress"], cdn: "Fastly" } });
    const answer = ask(withWords, { filters: ["technology", "=", "Fastly"], columns: ["technology"] });
    expect(answer.notes).toEqual([]);
    expect(answer.table?.rows).toEqual([["p1", "/x", "WordPress; Fastly"]]);
  });

  it.each([
    ["section", /kept answer.*\["page","like","%\/blog\/%"\]/],
    ["id", /kept answer/],
    ["technology", /meta\.technologies\.cms/],
  ])("is no field of the upstream: %s", (name, says) => {
    const rules = { allowUnknownFields: true, mapBareNames: true };
    expect(() => parseRequest({ target: "acme.example", filters: [name, "=", "x"] }, rules)).toThrow(says);
  });
});

describe("a group of a breakdown", () => {
  it.each(["tld", "country", "attribute"])("by %s leads to its pages", (group_by) => {
    const { next } = ask(snapshot, { group_by });
    const drill = next.find(({ gain }) => gain.startsWith("the pages of"));
    const args = JSON.parse(drill?.call.replace(/^\w+ /, "") ?? "{}");
    expect(handlesOf(ask(snapshot, args)).length).toBeGreaterThan(0);
  });

  it("of a status leads to as many rows as it counts, whatever was folded into others", () => {
    const twins = makeSnapshot({
      items: [
        { url: "https://acme.example/a", status: 200, summary: { backlinks: 9 } },
        { url: "http://acme.example/a", status: 301, location: "https://acme.example/a", summary: { backlinks: 4 } },
        { url: "https://acme.example/b", status: 301, location: "https://other.example/", summary: { backlinks: 30 } },
      ],
    });
    const { next, table } = ask(twins, { group_by: "status" });
    expect(table?.rows[0]?.slice(0, 2)).toEqual(["301 redirect", 1]);
    const drill = next.find(({ gain }) => gain.startsWith("the pages of 301"))?.call ?? "";
    expect(drill).toContain('"status":"301"');
    expect(handlesOf(ask(twins, JSON.parse(drill.replace(/^\w+ /, ""))))).toEqual(["p3"]);
  });

  it("of two maps adds up over the pages of a row", () => {
    const folded = makeSnapshot({
      items: ["https://acme.example/a", "http://www.acme.example/a/"].map((url) => ({
        url,
        status: 200,
        summary: { backlinks: 4, referring_pages: 4, ...countries({ US: 1 }) },
      })),
    });
    const answer = ask(folded, { columns: ["country:US", "country:US%"] });
    expect(answer.table?.rows[0]?.slice(2)).toEqual([2, 25]);
  });
});

describe("the order of groups", () => {
  it.each([
    [{ group_by: "tld" }, ["de", "com", "edu"]],
    [{ group_by: "tld", order_by: ["ref_links,asc"] }, ["edu", "com", "de"]],
    [{ group_by: "tld", order_by: "tld,asc" }, ["com", "de", "edu"]],
    [{ group_by: "country", order_by: ["dead,desc", "country,asc"] }, ["DE", "(unknown)", "US"]],
    [{ group_by: "subdomain", order_by: ["ref_domains,desc"] }, ["acme.example", "shop.acme.example"]],
    [{ group_by: "subdomain", order_by: ["page_summary.backlinks,desc"] }, ["shop.acme.example", "acme.example"]],
    [{ group_by: "subdomain", order_by: ["pages,desc"] }, ["acme.example", "shop.acme.example"]],
  ])("follows the columns of their table: %j", (question, names) => {
    const answer = ask(snapshot, question);
    expect(columnOf(answer, question.group_by)).toEqual(names);
    expect(answer.notes.join()).not.toMatch(/does not apply/);
  });

  it("is told where a rule has no column", () => {
    const { notes } = parseQuery({ target: "acme.example", group_by: "tld", order_by: ["rank,desc"] });
    expect(notes).toEqual(['order_by "rank" does not apply to groups by tld: tld, pages, ref_links, dead, share% do']);
  });

  it("does not pass on to the rows of a group", () => {
    const { next } = ask(snapshot, { group_by: "subdomain", order_by: ["dead,desc"] });
    const drill = next.find(({ gain }) => gain.startsWith("the pages of"));
    expect(drill?.call).not.toContain("order_by");
  });

  it.each(GROUPINGS)("can be asked for by every column of a table by %s", (group_by) => {
    for (const column of ask(snapshot, { group_by }).table?.columns ?? []) {
      expect(parseQuery({ target: "acme.example", group_by, order_by: [`${column},desc`] }).notes).toEqual([]);
    }
  });
});

describe("areas", () => {
  const page = (url: string, backlinks: number, status = 200) => ({ url, status, summary: { backlinks } });
  const site = makeSnapshot({
    items: [
      page("https://acme.example/", 10),
      page("https://acme.example/blog/one", 5),
      page("https://acme.example/Blog", 7),
      page("https://blog.acme.example/two", 20, 404),
      page("https://blog.acme.example/", 8),
      page("https://acme.example/docs/a", 4),
      page("https://acme.example/docs/b", 1),
      page("https://shop.acme.example/x", 3),
    ],
  });

  it("take a folder and a subdomain of one name together, with links per page and the share on failing pages", () => {
    const { table } = ask(site, { group_by: "area" });
    expect(table?.columns).toEqual([
      "area",
      "pages",
      "backlinks",
      "links/page",
      "ref_domains",
      "dead",
      "dead_links%",
      "share%",
    ]);
    expect(table?.rows).toEqual([
      ["/blog + blog.acme.example", 3, 33, 11, null, 1, 60.6, 56.9],
      ["/", 2, 17, 8.5, null, 0, 0, 29.3],
      ["/docs", 2, 5, 2.5, null, 0, 0, 8.6],
      ["shop.acme.example", 1, 3, 3, null, 0, 0, 5.2],
    ]);
  });

  it("are sections under the names that they are shown by", () => {
    const { table } = ask(site, { group_by: "area" });
    for (const [name, pages] of table?.rows ?? []) {
      const answer = ask(site, { section: name });
      expect(answer.rowsMatched).toBe(pages);
      expect(answer.notes).toEqual([]);
    }
  });

  it("lead to their pages", () => {
    const { next } = ask(site, { group_by: "area" });
    expect(next.map(({ call }) => call)).toContain(
      `query_domain_pages {"snapshot_id":"${site.id}","section":"/blog + blog.acme.example"}`,
    );
  });

  it("have a part missing only where it names no part of a site", () => {
    expect(() => parseQuery({ target: "acme.example", section: "/blog + http://" })).toThrow(/names no part of a site/);
  });
});
