import { describe, expect, it } from "vitest";
import { askSnapshot, createAskList } from "../../../../src/lists/query/ask-list.ts";
import { listArguments, parseListQuery } from "../../../../src/lists/query/parse-list-query.ts";
import { toQuestionSchema } from "../../../../src/lists/query/question-schema.ts";
import { renderQueryStructured, renderQueryText } from "../../../../src/lists/query/render-query.ts";
import type { JsonObject } from "../../../../src/lists/snapshot.ts";
import { caught } from "../../../support/caught.ts";
import { matchHere } from "../../../support/match-here.ts";
import { ASKING_LINKS, LINK_QUESTION, makeLinks } from "./single-links.ts";

const link = (from: string, path: string, anchor: string, rank: number | null, seen: string): JsonObject => ({
  type: "backlink",
  domain_from: from,
  url_to: `https://acme.example${path}`,
  anchor,
  dofollow: rank !== null,
  rank,
  first_seen: `${seen} 00:00:00 +00:00`,
});

const links = makeLinks([
  link("news.example", "/", "Acme", 40, "2026-01-03"),
  link("blog.example", "/pricing", "cheap anvils, and more", 12, "2026-03-03"),
  link("old.news.example", "/pricing", "prices", null, "2026-02-01"),
  link("forum.example", "/faq", "how to lift an anvil", 25, "2026-03-09"),
  link("blog.example", "/faq", "FAQ", 7, "2026-03-10"),
]);

const parse = (question: object) => parseListQuery(ASKING_LINKS, question);
const ask = (question: object, { snapshot = links, maxTokens = 1500 } = {}) =>
  askSnapshot(ASKING_LINKS, snapshot, parse({ snapshot_id: snapshot.id, ...question }), {
    maxTokens,
    surface: "mcp",
  });
const textOf = (question: object) => renderQueryText(ASKING_LINKS, ask(question));
const handlesOf = (question: object) => ask(question).table?.rows.map(([handle]) => handle);
const messageOf = (question: object) => String(caught(() => ask(question)));

describe("a list that the engine has never seen", () => {
  it("is asked by the arguments of every list and those of its own, in one order everywhere", () => {
    const { properties } = toQuestionSchema(LINK_QUESTION);
    expect(Object.keys(Object(properties))).toEqual(listArguments(ASKING_LINKS));
    expect(listArguments(ASKING_LINKS)).toContain("from");
    expect(listArguments(ASKING_LINKS)).not.toContain("fold");
  });

  it("has its own words in every refusal", () => {
    expect(messageOf({ fold: false, handles: ["p1"], group_by: "tld", from: "a/b" })).toBe(
      [
        `AppError: "fold": unknown argument; the arguments are ${listArguments(ASKING_LINKS).join(", ")}`,
        'handles[0]: must be a handle as answers show them, got "p1"; for example ["l1","l7"]',
        'group_by: must be one of domain, month_first_seen, got "tld"; try "domain"',
        'from: must be a domain; for example "news.example"',
      ].join("\n"),
    );
    expect(messageOf({ handles: ["l9"] })).toContain(`snapshot ${links.id} has no l9; it holds l1..l5`);
    expect(messageOf({ handles: ["l1"], from: "news.example" })).toContain("open single links, so from cannot go");
    expect(String(caught(() => parse({})))).toContain("answers of get_single_links name their snapshot");
    expect(parse({ target: "acme.example", text: "null" }).notes.join()).toContain(
      'filters ["url_to","like","%null%"]',
    );
  });

  it("answers with its rows, in words of its own", () => {
    expect(textOf({ filters: ["rank", ">", 10], order_by: "rank,asc" })).toBe(`\
SANDBOX: generated data on reserved names, nothing here is about a real site
acme.example: 3 of 5 links fetched match; by rank asc
where ["rank",">",10]
snapshot ${links.id} of 2026-06-01 00:00 UTC; free: answered from the snapshot; live links
coverage: the rows hold all 3 matching backlinks, of 5 fetched

id,url,from,rank,title
l2,https://acme.example/pricing,blog.example,12,"cheap anvils, and more"
l4,https://acme.example/faq,forum.example,25,"how to lift an anvil"
l1,https://acme.example/,news.example,40,"Acme"

next, free: query_single_links {"snapshot_id":"${links.id}","handles":["l2","l4","l1"]} (full records)`);
  });

  it("says the same as data, under keys of its own", () => {
    const told = renderQueryStructured(ASKING_LINKS, ask({ from: "news.example" }));
    expect(told).toMatchObject({
      links_status_type: "live",
      links_fetched: 5,
      links_total: 5,
      links_matched: 2,
      where: ["from news.example"],
      coverage: { backlinks_fetched: 5, backlinks_matched: 2, backlinks_shown: 2 },
    });
    expect(told).not.toHaveProperty("folded");
  });

  it("is searched by its own condition, by its fields and by words", () => {
    expect(handlesOf({ from: "News.example" })).toEqual(["l1", "l3"]);
    expect(handlesOf({ filters: [["dofollow", "=", true], "and", ["anchor", "ilike", "%anvil%"]] })).toEqual([
      "l2",
      "l4",
    ]);
    expect(handlesOf({ text: "anvil" })).toEqual(["l2", "l4"]);
    expect(handlesOf({ filters: ["anchor", "regex", "^F"], from: "blog.example" })).toEqual(["l5"]);
  });

  it("is sorted by any of its fields, what is unknown last", () => {
    expect(handlesOf({ order_by: ["rank,desc"] })).toEqual(["l1", "l4", "l2", "l5", "l3"]);
    expect(handlesOf({ order_by: ["rank,asc"] })).toEqual(["l5", "l2", "l4", "l1", "l3"]);
    expect(handlesOf({ order_by: ["domain_from,asc", "first_seen,desc"] })).toEqual(["l5", "l2", "l4", "l1", "l3"]);
  });

  it("shows any of its fields", () => {
    const { table } = ask({ columns: ["rank", "anchor", "first_seen", "dofollow"], limit: 1, offset: 2 });
    expect(table).toMatchObject({
      columns: ["id", "url", "rank", "anchor", "first_seen", "dofollow"],
      rows: [["l3", "https://acme.example/pricing", null, "prices", "2026-02-01", "false"]],
      total: 5,
      skipped: 2,
    });
  });

  it("is grouped by a value, and each group leads to its rows", () => {
    const answer = ask({ group_by: "domain" });
    expect(answer.table?.columns).toEqual(["domain", "links", "backlinks", "best_rank", "share%"]);
    expect(answer.table?.rows).toEqual([
      ["blog.example", 2, 2, 12, 40],
      ["news.example", 1, 1, 40, 20],
      ["old.news.example", 1, 1, 0, 20],
      ["forum.example", 1, 1, 25, 20],
    ]);
    expect(answer.next).toEqual([
      {
        cost: "free",
        call: `query_single_links {"snapshot_id":"${links.id}","from":"blog.example"}`,
        gain: "the links of blog.example",
      },
    ]);
    const byRank = ask({ group_by: "domain", order_by: ["best_rank,desc"] });
    expect(byRank.table?.rows[0]?.[0]).toBe("news.example");
  });

  it("is grouped by time, the newest shown and all in its order", () => {
    const answer = ask({ group_by: "month_first_seen", limit: 2 });
    expect(answer.table?.rows).toEqual([
      ["2026-02", 1, 1, 20],
      ["2026-03", 3, 3, 60],
      ["(1 other)", 1, 1, 20],
    ]);
    expect(textOf({ group_by: "month_first_seen", limit: 2 })).toContain("3 groups by month_first_seen; the newest");
    expect(answer.next[0]?.gain).toBe("groups 3 on, of 3, which are older");
  });

  it("opens records by its own handles, in its own order of fields", () => {
    expect(ask({ handles: ["l3"] }).records).toEqual([
      {
        handle: "l3",
        url: "https://acme.example/pricing",
        fields: [
          { name: "domain_from", value: "old.news.example" },
          { name: "anchor", value: "prices" },
          { name: "url_to", value: "https://acme.example/pricing" },
          { name: "dofollow", value: "false" },
          { name: "first_seen", value: "2026-02-01" },
        ],
        leftOut: [],
      },
    ]);
  });

  it("says which condition keeps everything out", () => {
    const answer = ask({ from: "nobody.example", text: "anvil" });
    expect(renderQueryText(ASKING_LINKS, answer)).toContain("no link matches\nwithout from nobody.example: 2 links");
    expect(answer.next[0]?.call).toBe(`query_single_links {"snapshot_id":"${links.id}","text":"anvil"}`);
  });

  it("fits its tokens, and leads on without a gap", () => {
    const long = makeLinks(
      Array.from({ length: 200 }, (_, at) => link(`site${at}.example`, `/${at}`, `anchor ${at}`, at, "2026-01-03")),
      900,
    );
    const seen: unknown[] = [];
    let answer = ask({}, { snapshot: long, maxTokens: 800 });
    for (let calls = 0; calls < 60; calls += 1) {
      seen.push(...(answer.table?.rows ?? []).map(([handle]) => handle));
      const more = answer.next.find(({ gain }) => gain.startsWith("rows "));
      if (more === undefined) break;
      answer = ask(JSON.parse(more.call.slice(more.call.indexOf("{"))), { snapshot: long, maxTokens: 800 });
    }
    expect(seen).toEqual(long.items.map(({ handle }) => handle));
    expect(answer.missing).toEqual(["there are links that were not fetched"]);
    expect(answer.next).toContainEqual({ cost: "paid", call: "get_single_links {}", gain: "the rest" });
  });

  it("is found, and has its regular expressions settled, before it is asked", async () => {
    const askLinks = createAskList(ASKING_LINKS, {
      findSnapshot: async (_ref, asked) => {
        asked?.onChoice?.("the newest of two");
        return links;
      },
      maxTokens: 1500,
      matchTexts: matchHere,
    });
    const selected: string[][] = [];
    const answer = await askLinks(
      { target: "acme.example", filters: ["anchor", "regex", "anvils?"] },
      { surface: "mcp", onSelected: (_snapshot, { handles }) => selected.push(handles) },
    );
    expect(answer.table?.rows.map(([handle]) => handle)).toEqual(["l2", "l4"]);
    expect(answer.notes).toEqual(["the newest of two"]);
    expect(selected).toEqual([["l2", "l4"]]);
  });
});
