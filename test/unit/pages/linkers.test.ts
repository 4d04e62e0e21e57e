import { describe, expect, it } from "vitest";
import {
  asksForLinkers,
  CATALOGUES,
  EXPORTED_NAMES,
  LINKERS_UNNAMED,
  OWN_FIELDS,
  SHOWN_NAMES,
} from "../../../src/pages/catalogue.ts";
import { parseComparison } from "../../../src/pages/compare/parse-comparison.ts";
import { parseRequest } from "../../../src/pages/parse-request.ts";
import { parseQuery } from "../../../src/pages/query/parse-query.ts";
import { caught } from "../../support/caught.ts";

const ASKING = [
  "domain_from",
  "url_from",
  "domain_from_rank",
  "page_from_title",
  "anchor",
  "Anchor Text",
  "linking_sites",
  "linking sites",
  "linkers",
  "who links",
  "who_links_here",
  "referring_domains list",
  "ref_domains_list",
  "backlinks_list",
  "source_url",
  "referring_sites",
  "dofollow",
];

const query = (question: object) => caught(() => parseQuery({ target: "acme.example", ...question })).message;
const request = (body: object) =>
  caught(() => parseRequest({ target: "acme.example", ...body }, { allowUnknownFields: true, mapBareNames: true }))
    .message;

describe.each(ASKING)("who asks for %s", (name) => {
  it.each<[string, string]>([
    ["the columns of a free question", query({ columns: [name] })],
    ["its filters", query({ filters: [name, "=", "example.org"] })],
    ["its order", query({ order_by: [`${name},desc`] })],
    ["its groups", query({ group_by: name })],
    ["its arguments", query({ [name]: "example.org" })],
    ["the filters of a purchase", request({ filters: [name, "=", "example.org"] })],
    ["its order", request({ order_by: [`${name},desc`] })],
    ["its arguments", request({ [name]: "example.org" })],
  ])("in %s hears that linking sites are not named", (_where, message) => {
    expect(message).toContain(LINKERS_UNNAMED);
    expect(message.split("\n")).toHaveLength(1);
    // There is no tool yet that names them.
    expect(message).not.toMatch(/get_backlinks|did you mean/);
  });
});

it("who asks a comparison for linking sites hears it too", () => {
  const { message } = caught(() => parseComparison({ target: "acme.example", linking_sites: true }));
  expect(message).toContain(LINKERS_UNNAMED);
});

it.each(["referring_domains", "ref_domains", "referring domains"])("groups by %s would name them", (group_by) => {
  expect(query({ group_by })).toContain(LINKERS_UNNAMED);
});

it("no name of a page is taken for one of a link", () => {
  const names = [CATALOGUES.pages, SHOWN_NAMES, EXPORTED_NAMES, OWN_FIELDS].flatMap((map) => [...map.keys()]);
  expect(names.filter(asksForLinkers)).toEqual([]);
});

it("backlinks_filters take the fields of single links, where they say which are counted", () => {
  const rules = { allowUnknownFields: false, mapBareNames: true };
  const { notes } = parseRequest(
    { target: "acme.example", backlinks_filters: [["domain_from", "=", "example.org"], "and", ["anchor", "=", "x"]] },
    rules,
  );
  expect(notes).toEqual([]);
});
