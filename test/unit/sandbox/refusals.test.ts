import { describe, expect, it } from "vitest";
import { askRaw, askTask } from "./ask.ts";

const T = "acme.example";

describe("a body of the wrong form", () => {
  it.each([
    ["an empty array", [], 40502],
    ["two tasks", [{ target: T }, { target: T }], 40000],
    ["text", "acme.example", 40503],
    ["null", null, 40503],
    ["an array in an array", [[{ target: T }]], 40503],
    ["an array of null", [null], 40503],
  ])("%s is refused at the top level, without a task", (_what, body, code) => {
    expect(askRaw(body)).toMatchObject({
      status: 200,
      body: { status_code: code, tasks_count: 0, tasks: null, cost: 0 },
    });
  });

  it.each([
    ["a parameter of another endpoint", { target: T, mode: "as_is" }],
    ["a parameter in other letters", { target: T, Limit: 5 }],
    ["a parameter whose name is special", JSON.parse('{"target":"acme.example","__proto__":1}')],
  ])("%s is a breach of the gateway's contract", (_what, body) => {
    expect(askRaw(body)).toEqual({ status: 400, body: { error: "request does not match the endpoint contract" } });
  });
});

describe("a wrong field", () => {
  const MUST_BE: [string, unknown][] = [
    ["target", undefined],
    ["target", null],
    ["target", ""],
    ["target", "https://acme.example/"],
    ["target", "www.acme.example"],
    ["target", "ACME.example"],
    ["target", "acme"],
    ["target", 7],
    ["limit", 0],
    ["limit", 1001],
    ["limit", 1.5],
    ["limit", "10"],
    ["offset", -1],
    ["offset", "0"],
    ["internal_list_limit", 1001],
    ["backlinks_status_type", "dead"],
    ["backlinks_status_type", "LIVE"],
    ["filters", ["backlinks", ">", 10]],
    ["filters", ["meta.title", "=", 7, 8]],
    ["filters", ["status_code", "like", "%4%"]],
    ["filters", '["status_code","=",404]'],
    ["filters", Array.from({ length: 17 }, (_, index) => (index % 2 === 0 ? ["status_code", "=", index] : "or"))],
    ["order_by", ["backlinks,desc"]],
    ["order_by", "page_summary.rank,desc"],
    ["order_by", ["page_summary.rank", "desc"]],
    ["order_by", ["page_summary.rank,down"]],
    ["order_by", Array(4).fill("page_summary.rank,desc")],
    ["backlinks_filters", ["page_summary.backlinks", ">", 1]],
    ["backlinks_filters", ["dofollow", "=", "maybe"]],
    ["include_subdomains", "false"],
    ["exclude_internal_backlinks", 1],
    ["rank_scale", "one_million"],
    ["tag", 7],
    ["tag", "x".repeat(256)],
  ];

  it.each(MUST_BE)("%s = %j is named in the refusal", (field, value) => {
    const task = askTask({ target: T, [field]: value });
    expect(task).toMatchObject({
      status_code: 40501,
      status_message: `Invalid Field: '${field}'.`,
      cost: 0,
      result_count: 0,
      result: null,
    });
  });

  it("fails the task, not the call", () => {
    expect(askRaw({ target: T, limit: 0 }).body).toMatchObject({ status_code: 20000, tasks_count: 1, tasks_error: 1 });
  });

  it("is not a field left at null or at an empty list", () => {
    const nulls = { limit: null, filters: null, order_by: [], backlinks_filters: [], tag: null };
    expect(askTask({ target: T, ...nulls }).result).toEqual(askTask({ target: T }).result);
  });
});

/** The body of the documentation's own curl, placeholders and all. */
const PLACEHOLDERS = {
  target: "<string>",
  limit: 123,
  offset: 123,
  internal_list_limit: 123,
  backlinks_status_type: "<string>",
  filters: ["<string>"],
  order_by: ["<string>"],
  backlinks_filters: ["<string>"],
  include_subdomains: true,
  exclude_internal_backlinks: true,
  rank_scale: "<string>",
  tag: "<string>",
};

const REAL_VALUES = {
  target: "acme.example",
  limit: 12,
  offset: 3,
  internal_list_limit: 5,
  backlinks_status_type: "all",
  filters: [["meta.internal_links_count", ">", "1"], "and", ["page_summary.backlinks", ">", "10"]],
  order_by: ["page_summary.backlinks,desc", "page_summary.rank,asc"],
  backlinks_filters: ["dofollow", "=", true],
  include_subdomains: true,
  exclude_internal_backlinks: true,
  rank_scale: "one_hundred",
  tag: "documented",
};

describe.each([
  ["an object", (body: object) => body],
  ["an array of one", (body: object) => [body]],
])("the documented call, sent as %s", (_form, toBody) => {
  it("is answered with a documented error while the placeholders stand", () => {
    expect(askTask(toBody(PLACEHOLDERS))).toMatchObject({
      status_code: 40501,
      status_message: "Invalid Field: 'target'.",
      data: PLACEHOLDERS,
    });
  });

  it("is answered with data once it holds real values", () => {
    const { status_code, data, result } = askTask(toBody(REAL_VALUES));
    expect({ status_code, data }).toEqual({
      status_code: 20000,
      data: { api: "backlinks", function: "domain_pages", ...REAL_VALUES },
    });
    expect(result).toMatchObject([{ target: "acme.example", items_count: 12 }]);
    expect(result?.[0]?.items?.[0]).toMatchObject({ type: "backlinks_domain_page", main_domain: "acme.example" });
  });
});
