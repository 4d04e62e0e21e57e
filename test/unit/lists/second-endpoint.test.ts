import { describe, expect, it } from "vitest";
import { createTokenCost, fitParts, toForms } from "../../../src/lists/budget.ts";
import type { CallNames } from "../../../src/lists/calls.ts";
import { describeNotFetched, measureReach } from "../../../src/lists/coverage.ts";
import type { Endpoint } from "../../../src/lists/endpoint.ts";
import { createEstimateList } from "../../../src/lists/estimate/estimate-list.ts";
import { renderEstimateText } from "../../../src/lists/estimate/render-estimate.ts";
import { renderJsonLines, type SheetColumn, toSheet } from "../../../src/lists/export-lines.ts";
import type { FieldType } from "../../../src/lists/filters/field-names.ts";
import { createFindSnapshot } from "../../../src/lists/find-snapshot.ts";
import { createGetList } from "../../../src/lists/get-list.ts";
import { describeSnapshot, toListFacts } from "../../../src/lists/header.ts";
import { createParseRequest } from "../../../src/lists/parse-request.ts";
import { type ListRequest, toRequestBody, toRequestKey } from "../../../src/lists/request.ts";
import type { RequestFields } from "../../../src/lists/request-fields.ts";
import { createSnapshot, type Item, type JsonObject, type Snapshot } from "../../../src/lists/snapshot.ts";

// An endpoint that the product does not have. What stands here is what the engine needs of one; nothing is of pages.

interface Link extends Item {
  rank: number | null;
}

type LinksSnapshot = Snapshot<ListRequest, Link>;

const TYPES = new Map<string, FieldType>([
  ["rank", "num"],
  ["url_from", "str"],
]);
const FIELDS: RequestFields = {
  target: { kind: "target", says: "The domain." },
  limit: { kind: "whole", min: 1, max: 1000, default: 100, says: "How many." },
  offset: { kind: "whole", min: 0, max: 20_000, default: 0, says: "How many to skip." },
  filters: { kind: "filter", catalogue: "links", says: "Which." },
};
const named = { get: "get_links", query: "query_links" };
const CALLS: CallNames = { mcp: named, cli: named, library: named };

const LINKS: Endpoint<ListRequest, Link> = {
  name: "backlinks",
  defaults: { limit: 100, offset: 0 },
  fields: FIELDS,
  parse: createParseRequest<ListRequest>({
    fields: FIELDS,
    catalogues: { links: { catalogue: TYPES, example: '["rank", ">", 100]' } },
  }),
  readItems: (items) => {
    const all = Array.isArray(items) ? (items as JsonObject[]) : [];
    const read = all.map((raw, at): Link => {
      const { url_from: url, rank } = raw;
      return { handle: `l${at + 1}`, url: String(url), rank: typeof rank === "number" ? rank : null, raw };
    });
    return { items: read, oddFields: 0, emptyItems: 0, repeatedItems: 0 };
  },
  words: { items: "links", counted: "link" },
  calls: CALLS,
  itemType: "backlink",
  isItem: ({ url_from: url }) => typeof url === "string",
  itemKeys: { url: "url_to", domain: "domain_to", seenAt: "last_seen" },
};

const asLinks = (snapshot: Snapshot): LinksSnapshot => {
  if (snapshot.endpoint === LINKS.name) return snapshot as LinksSnapshot;
  throw new Error(`of ${snapshot.endpoint}`);
};

const RULES = { allowUnknownFields: false, mapBareNames: true };
const AT = Date.UTC(2026, 6, 8);
const UPSTREAM = "https://gateway.example";
const ITEMS = [
  { url_from: "https://a.example/", rank: 300, last_seen: "2026-05-01 00:00:00 +00:00" },
  { url_from: "=HYPERLINK(1)", rank: 120, last_seen: "2026-06-01 00:00:00 +00:00" },
];

const { request } = LINKS.parse({ target: "acme.example", filters: ["rank", ">", 100] }, RULES);

const SNAPSHOT: LinksSnapshot = createSnapshot(
  LINKS,
  {
    taskId: "t",
    version: null,
    echo: null,
    target: "acme.example",
    upstreamCostUsd: null,
    totalCount: 9,
    items: ITEMS,
  },
  {
    source: "aisa",
    request,
    requestKey: toRequestKey(LINKS, request, UPSTREAM),
    fetchedAt: AT,
    charge: { kind: "reported", usd: 0.02 },
  },
);

/** A store that holds the one snapshot. */
const { items, ...about } = SNAPSHOT;
const KEPT = {
  get: async (id: string) => (id === SNAPSHOT.id ? SNAPSHOT : undefined),
  list: async (target?: string) =>
    target === undefined || target === request.target ? [{ ...about, itemCount: items.length }] : [],
  newest: async (key: string) => (key === SNAPSHOT.requestKey ? SNAPSHOT : undefined),
  gone: async () => undefined,
};
const CALLER = { signal: new AbortController().signal, surface: "mcp" } as const;

describe("an endpoint beside the pages", () => {
  it("has its requests read by its own table, and keys of its own for them", () => {
    expect(toRequestBody(request)).toEqual({ target: "acme.example", filters: ["rank", ">", 100] });
    const other = { ...LINKS, name: "other" };
    expect(toRequestKey(LINKS, request, UPSTREAM)).not.toBe(toRequestKey(other, request, UPSTREAM));
    expect(() => LINKS.parse({ target: "acme.example", rank_scale: "one_hundred" }, RULES)).toThrow(/rank_scale/);
  });

  it("has its lists got through the one way of a purchase, and answered by its domain", async () => {
    const get = createGetList(
      { endpoint: LINKS, as: asLinks, buildAnswer: (snapshot) => snapshot.items.map(({ handle }) => handle) },
      {
        upstream: UPSTREAM,
        buyList: async ({ endpoint, requestKey }) => {
          expect([endpoint.name, requestKey]).toEqual(["backlinks", SNAPSHOT.requestKey]);
          return { snapshot: SNAPSHOT, how: "bought", notes: [] };
        },
        leftUsd: async () => null,
        now: () => AT,
        freshMs: 1000,
        rules: RULES,
        maxTokens: 1500,
      },
    );
    expect(await get({ target: "acme.example", filters: ["rank", ">", 100] }, CALLER)).toEqual(["l1", "l2"]);
  });

  it("has its kept lists found, in its own words", async () => {
    const deps = { endpoints: [LINKS] as const, as: asLinks, snapshots: KEPT, freshMs: 1000, now: () => AT };
    const find = createFindSnapshot(deps);
    expect(await find({ target: "acme.example" })).toMatchObject({ id: SNAPSHOT.id });
    await expect(find({ snapshotId: "s_00000000" })).rejects.toThrow(/2 of 9 links/);
    await expect(find({ target: "other.example" })).rejects.toMatchObject({
      facts: { advice: expect.stringContaining("get_links") },
    });
  });

  it("has its calls estimated, in its own words", async () => {
    const estimate = createEstimateList(
      { endpoint: LINKS, size: { frame: 300, item: 30 } },
      {
        source: "aisa",
        upstream: UPSTREAM,
        snapshots: KEPT,
        askPrice: async () => ({ kind: "none", why: "nobody is asked" }),
        limits: async () => ({ leftUsd: 1, dailyUsd: 1, perCallUsd: 1, askAboveUsd: null, freshMs: 1000 }),
        now: () => AT,
        rules: RULES,
        maxTokens: 1500,
      },
    );
    const text = renderEstimateText(await estimate({ target: "acme.example", limit: 5 }, CALLER));
    expect(text).toContain("expect: up to 5 links, an answer of about 450 tokens");
    expect(text).toContain("next, free: query_links");
    expect(text).toContain("next, paid: get_links");
  });

  it("tells what came and what is missing, in its own words", () => {
    const facts = toListFacts(SNAPSHOT, LINKS, {});
    expect(facts).toMatchObject({ itemsFetched: 2, itemsTotal: 9, filters: ["rank", ">", 100], notes: [] });
    expect(describeSnapshot(facts, LINKS.words)).toBe(
      "of 2026-07-08 00:00 UTC; charged $0.02; links last crawled 2026-05-01",
    );
    const reach = measureReach(SNAPSHOT, {
      endpoint: LINKS,
      bounding: { rank: ({ rank }) => rank },
      defaultOrder: { field: "rank", direction: "desc" },
    });
    expect(describeNotFetched(reach, LINKS.words)).toEqual([
      "the 7 links not fetched have rank at most 120 (default order)",
    ]);
  });

  it("is fitted into a budget and written to files", () => {
    const columns: SheetColumn<Link>[] = [
      { name: "id", read: ({ handle }) => handle },
      { name: "url", read: ({ url }) => url },
      { name: "rank", read: ({ rank }) => rank },
    ];
    const row = (index: number) =>
      SNAPSHOT.items.slice(index, index + 1).flatMap((link) => columns.map(({ read }) => read(link)));
    const [form] = toForms([{ columns: columns.map(({ name }) => name), row }], createTokenCost());
    const wanted = { tokens: 100, rowCount: 2, columnChoices: 1, findingCosts: [], nameCosts: [], sectionsCost: 0 };
    expect(fitParts({ ...wanted, rowCost: (_choice, at) => form?.cost(at) ?? 0 })).toMatchObject({
      rows: 2,
      columns: 0,
    });
    expect(toSheet(columns, SNAPSHOT.items)).toBe("id,url,rank\nl1,https://a.example/,300\nl2,'=HYPERLINK(1),120\n");
    expect(renderJsonLines(SNAPSHOT).split("\n")).toHaveLength(3);
  });
});
