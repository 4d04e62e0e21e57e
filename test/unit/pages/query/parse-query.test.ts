import { describe, expect, it } from "vitest";
import { AppError } from "../../../../src/errors.ts";
import { toQueryArguments } from "../../../../src/lists/query/conditions.ts";
import { ASKING_PAGES } from "../../../../src/pages/query/asking-pages.ts";
import { parseQuery } from "../../../../src/pages/query/query-pages.ts";

const ID = "s_7f3k2m9q";
const read = (question: object) =>
  toQueryArguments(ASKING_PAGES, parseQuery({ snapshot_id: ID, ...question }).query, ID);

function refusalOf(question: unknown): string {
  try {
    parseQuery(question);
  } catch (error) {
    if (error instanceof AppError && error.kind === "input") return error.message;
    throw error;
  }
  throw new Error("was not refused");
}

describe("a question", () => {
  it.each<[string, object, object]>([
    ["nothing but a snapshot", {}, {}],
    ["numbers as text", { limit: "5", min_backlinks: "10" }, { limit: 5, min_backlinks: 10 }],
    ["lists as JSON strings", { handles: '["P1","p7","p1"]' }, { handles: ["p1", "p7"] }],
    ["lists as plain text", { columns: "http, backlinks" }, { columns: ["http", "backlinks"] }],
    ["a switch as text", { fold: "false" }, { fold: false }],
    ["choices in any case", { status: "Broken", group_by: "media type" }, { status: "broken", group_by: "media_type" }],
    ["bare field names", { order_by: "rank,asc" }, { order_by: ["rank,asc"] }],
    ["columns of the table before fields", { columns: ["backlinks", "title"] }, { columns: ["backlinks", "title"] }],
    [
      "columns that are fields",
      { columns: ["language", "page_summary.referring_links_tld.de"] },
      { columns: ["language", "page_summary.referring_links_tld.de"] },
    ],
    ["columns that are always there", { columns: ["id", "url", "rank"] }, { columns: ["rank"] }],
    ["a status by its number", { status: 404 }, { status: "404" }],
    ["all statuses of a hundred", { status: "5XX" }, { status: "5xx" }],
    ["filters as a JSON string", { filters: '["status_code",">=","400"]' }, { filters: ["status_code", ">=", 400] }],
    ["what asks for nothing", { handles: [], order_by: [], filters: [], columns: [], text: " ", target: null }, {}],
  ])("is read kindly: %s", (_what, question, expected) => {
    expect(read(question)).toEqual({ snapshot_id: ID, ...expected });
  });

  it.each([
    ["/blog", "/blog"],
    ["/blog/", "/blog"],
    ["/blog/*", "/blog"],
    ["blog", "/blog"],
    ["/", "/"],
    ["shop.acme.example", "shop.acme.example"],
    ["shop.acme.example/", "shop.acme.example/"],
    ["https://www.Shop.acme.example/x/", "shop.acme.example/x"],
  ])("may name the section %s", (section, expected) => {
    expect(read({ section })["section"]).toBe(expected);
  });

  it.each<[string, object, string]>([
    ["no snapshot", { snapshot_id: undefined }, "snapshot_id: or target is required"],
    ["an unknown name", { sort: ["rank,asc"] }, 'did you mean "order_by"'],
    ["a mistyped name", { min_backlink: 3 }, 'did you mean "min_backlinks"'],
    [
      "an unknown status",
      { status: "rotten" },
      'status: must be live, redirect, dead, broken, gone, refused, trouble, unknown, a status such as 404, or all of a hundred such as 4xx, got "rotten"; for example "dead"',
    ],
    ["a status that is none", { status: 4040 }, "status: must be live, redirect, dead"],
    ["an unknown grouping", { group_by: "title" }, "group_by: must be one of section, subdomain"],
    ["a grouping by host", { group_by: "host" }, 'got "host"; the hosts of the target are "subdomain"'],
    ["a grouping by domain", { group_by: "Domain" }, 'the hosts of the target are "subdomain"'],
    ["a grouping by path", { group_by: "path" }, 'the first folders are "section"'],
    ["a time that is not null", { filters: ["lost_date", "<>", "null"] }, 'asks ["lost_date",">","2000-01-01"]'],
    ["a time is not null", { filters: ["lost", "is not", null] }, 'asks ["lost",">","2000-01-01"]'],
    ["an unknown column", { columns: ["colour"] }, 'columns[0]: unknown field "colour"'],
    ["a limit of none", { limit: 0 }, "limit: must be a whole number, 1 to 1000"],
    ["a negative offset", { offset: -1 }, "offset: must be a whole number, 0 or more"],
    ["a handle that is none", { handles: ["page 1"] }, "handles[0]: must be a handle"],
    ["too many handles", { handles: Array.from({ length: 11 }, (_, index) => `p${index + 1}`) }, "at most 10"],
    ["handles with filters", { handles: ["p1"], status: "live" }, "so status cannot go with them"],
    ["handles with groups", { handles: ["p1"], group_by: "tld" }, "so group_by cannot go with them"],
    ["a section that is none", { section: "http://" }, "section: names no part of a site"],
  ])("is refused for %s", (_what, question, message) => {
    expect(refusalOf({ snapshot_id: ID, ...question })).toContain(message);
  });

  it("hears of every mistake in one round", () => {
    const message = refusalOf({ status: "rotten", limit: 0, colour: 1 });
    expect(message.split("\n")).toHaveLength(4);
  });

  it("is told what has no meaning for it", () => {
    expect(parseQuery({ target: "acme.example", group_by: "tld", columns: ["rank"] }).notes).toEqual([
      "columns does not apply to groups",
    ]);
    expect(parseQuery({ target: "acme.example", handles: ["p1"], limit: 5, fold: false }).notes).toEqual([
      "limit, fold do not apply to single pages",
    ]);
  });

  it.each([[null], ["text"], [[]], [5]])("is an object, not %j", (input) => {
    expect(refusalOf(input)).toContain("arguments: must be an object");
  });
});
