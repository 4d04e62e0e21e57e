import { describe, expect, it } from "vitest";
import { createSnapshot } from "../../../src/lists/snapshot.ts";
import { buildAnswer } from "../../../src/pages/answer/answer.ts";
import { renderText } from "../../../src/pages/answer/render-answer.ts";
import {
  asksForLinkers,
  CATALOGUES,
  EXPORTED_NAMES,
  LINKERS_UNNAMED,
  OWN_FIELDS,
  SHOWN_NAMES,
} from "../../../src/pages/catalogue.ts";
import { parseComparison } from "../../../src/pages/compare/parse-comparison.ts";
import { DOMAIN_PAGES, parseRequest } from "../../../src/pages/domain-pages.ts";
import { parseQuery } from "../../../src/pages/query/query-pages.ts";
import { readAnswer } from "../../fixtures/load.ts";
import { caught } from "../../support/caught.ts";
import { ask, PLENTY } from "./query/ask.ts";

describe("twenty pages", () => {
  /** What is read of an item here, by other code than the product's. */
  interface Item {
    page: string;
    status_code: number;
    location: string | null;
    page_summary: { rank: number; backlinks: number; referring_domains: number };
  }

  const { items, target, total_count } = JSON.parse(readAnswer("twenty-pages")).tasks[0].result[0] as {
    items: Item[];
    target: string;
    total_count: number;
  };

  const snapshot = createSnapshot(
    DOMAIN_PAGES,
    { taskId: "twenty", version: null, echo: null, target, upstreamCostUsd: 0.02, totalCount: total_count, items },
    {
      source: "aisa",
      request: { target, limit: 20 },
      requestKey: "twenty",
      fetchedAt: Date.UTC(2026, 6, 8, 14, 46),
      charge: { kind: "reported", usd: 0.012 },
    },
  );

  /** Spellings of one page in this list: scheme, `www.`, a slash at the end, one tracking parameter. */
  const spell = (url: string) =>
    url
      .replace(/^https?:\/\/(?:www\.)?/, "")
      .replace(/\?utm_\w+=\w+$/, "")
      .replace(/(?<=\/.+)\/$/, "");

  const isDead = ({ status_code }: Item) => status_code >= 400;
  const isRedirect = ({ status_code }: Item) => status_code >= 300 && status_code < 400;

  /** Where an item's visitors end, if that was fetched and answers; errors stay with errors that answer the same. */
  function rowOf(item: Item): string {
    if (isDead(item)) return `${spell(item.page)} ${item.status_code}`;
    const to = items.filter((each) => each.page === item.location);
    if (!isRedirect(item) || to.length === 0) return spell(item.page);
    return to.some(isDead) ? `${spell(item.page)} dead end` : spell(to[0]?.page ?? "");
  }

  const ROWS = [...new Set(items.map(rowOf))].map((row) => items.filter((each) => rowOf(each) === row));
  const linksOf = (some: readonly Item[]) => some.reduce((sum, { page_summary }) => sum + page_summary.backlinks, 0);
  const words = (count: number) => count.toLocaleString("en-US");

  /** The row's own status: that of a member that is no redirect, if there is one. */
  const statusOf = (row: readonly Item[]) => (row.find((each) => !isRedirect(each)) ?? row[0])?.status_code ?? 0;

  it("is a list of twenty with what makes counting hard", () => {
    expect([items.length, ROWS.length]).toEqual([20, 15]);
  });

  it("is told in its header with the URLs, rows and backlinks that the items come to", () => {
    const text = renderText(buildAnswer(snapshot, { maxTokens: PLENTY, surface: "mcp" }));
    expect(text).toContain(`: 20 of 20 URLs fetched, ${ROWS.length} pages after folding; `);
    expect(text).toContain(`the rows hold all ${words(linksOf(items))} backlinks fetched`);
  });

  it("has the backlinks, the domains and the rank of each row that its spellings come to", () => {
    const { columns, rows } = buildAnswer(snapshot, { maxTokens: PLENTY, surface: "mcp" });
    const read = (name: string) => rows.map((row) => row[columns.indexOf(name)]);
    expect(read("backlinks")).toEqual(ROWS.map(linksOf));
    expect(read("rank")).toEqual(ROWS.map((row) => Math.max(...row.map(({ page_summary }) => page_summary.rank))));
    expect(read("http").map((cell) => Number.parseInt(String(cell), 10))).toEqual(ROWS.map(statusOf));
    expect(read("ref_domains")).toEqual(
      ROWS.map((row) => {
        const domains = row.map(({ page_summary }) => page_summary.referring_domains);
        const [most, sum] = [Math.max(...domains), domains.reduce((total, each) => total + each, 0)];
        return most === sum ? most : `${most}-${sum}`;
      }),
    );
  });

  it.each([
    ["gone", (status: number) => status === 404 || status === 410],
    ["trouble", (status: number) => status >= 500 && status < 600],
    ["refused", (status: number) => [401, 403, 999].includes(status)],
    ["dead", (status: number) => status >= 400],
    ["redirect", (status: number) => status >= 300 && status < 400],
    ["live", (status: number) => status === 200],
  ])("counts %s pages and their backlinks as the items do", (status, is) => {
    const rows = ROWS.filter((row) => is(statusOf(row)));
    expect(rows.length).toBeGreaterThan(0);
    const answer = ask(snapshot, { status });
    expect([answer.rowsMatched, answer.backlinksMatched]).toEqual([rows.length, linksOf(rows.flat())]);
    const finding = buildAnswer(snapshot, { maxTokens: PLENTY, surface: "mcp" }).findings.find(
      ({ name }) => name === status,
    );
    if (finding !== undefined) expect([finding.pages, finding.backlinks]).toEqual([rows.length, linksOf(rows.flat())]);
  });

  it("counts redirects as the items do, URL by URL, and those to dead pages apart", () => {
    const { findings } = buildAnswer(snapshot, { maxTokens: PLENTY, surface: "mcp" });
    const told = (name: string) => findings.find((each) => each.name === name);
    const redirects = items.filter(isRedirect);
    const ends = redirects.filter((each) => items.some((other) => other.page === each.location && isDead(other)));
    expect(told("redirects")).toMatchObject({ pages: redirects.length, unit: "URL", backlinks: linksOf(redirects) });
    expect(told("redirects to dead")).toMatchObject({ pages: ends.length, unit: "URL", backlinks: linksOf(ends) });
  });
});

describe("linkers", () => {
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
});
