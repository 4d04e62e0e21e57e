import { describe, expect, it } from "vitest";
import { askTask } from "./ask.ts";

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
