import { parseLine, Refusal } from "../../../../src/lists/arguments.ts";
import { MAX_URL_CHARS, TITLE, URL_COLUMN } from "../../../../src/lists/cells.ts";
import { readSteps } from "../../../../src/lists/filters/evaluate-filter.ts";
import type { FieldType } from "../../../../src/lists/filters/field-names.ts";
import type { Asking } from "../../../../src/lists/query/asking.ts";
import { byValue, toMonth } from "../../../../src/lists/query/group-rows.ts";
import { ofHandle, ofMain } from "../../../../src/lists/query/order-rows.ts";
import { type ItemRow, rowsOfItems } from "../../../../src/lists/query/select-rows.ts";
import type { ListRequest } from "../../../../src/lists/request.ts";
import {
  createSnapshot,
  type Item,
  type JsonObject,
  type ReadingEndpoint,
  type Snapshot,
} from "../../../../src/lists/snapshot.ts";
import { toOneLine } from "../../../../src/lists/text.ts";

// A list that the product does not have: single links, one row each. What stands here is all that the engine needs of one.

export interface SingleLink extends Item {
  from: string;
  anchor: string | null;
  rank: number | null;
}

export type LinksSnapshot = Snapshot<ListRequest, SingleLink>;

const toText = (value: unknown): string | null => (typeof value === "string" ? value : null);

const SINGLE_LINKS: ReadingEndpoint<SingleLink> = {
  name: "single_links",
  defaults: { limit: 100, offset: 0 },
  readItems: (items) => {
    const all = Array.isArray(items) ? (items as JsonObject[]) : [];
    const read = all.map((raw, at): SingleLink => {
      const { url_to: url, domain_from: from, anchor, rank } = raw;
      return {
        handle: `l${at + 1}`,
        url: toText(url) ?? "",
        from: toText(from) ?? "",
        anchor: toText(anchor),
        rank: typeof rank === "number" ? rank : null,
        raw,
      };
    });
    return { items: read, oddFields: 0, emptyItems: 0, repeatedItems: 0 };
  },
};

export const makeLinks = (items: readonly JsonObject[], totalCount: number | null = items.length): LinksSnapshot =>
  createSnapshot(
    SINGLE_LINKS,
    { taskId: "t", version: null, echo: null, target: "acme.example", upstreamCostUsd: null, totalCount, items },
    {
      source: "sandbox",
      request: { target: "acme.example" },
      requestKey: "0".repeat(32),
      fetchedAt: Date.UTC(2026, 5, 1),
      charge: { kind: "none" },
    },
  );

type LinkRow = ItemRow<SingleLink>;

interface LinkConditions {
  /** A linking domain, and all below it. */
  from: string;
}

const FIELDS: ReadonlyMap<string, FieldType> = new Map([
  ["url_to", "str"],
  ["domain_from", "str"],
  ["anchor", "str"],
  ["dofollow", "bool"],
  ["rank", "num"],
  ["first_seen", "time"],
]);

const COLUMNS = {
  id: ({ main }: LinkRow) => main.handle,
  [URL_COLUMN]: ({ main }: LinkRow) => toOneLine(main.url, MAX_URL_CHARS) || null,
  from: ({ main }: LinkRow) => toOneLine(main.from, MAX_URL_CHARS) || null,
  rank: ({ main }: LinkRow) => main.rank,
  [TITLE]: ({ main }: LinkRow) => main.anchor && toOneLine(main.anchor, 80),
} as const;

/** What the schema of a tool would advertise of it. */
export const LINK_QUESTION = {
  conditions: { from: { type: "string" } },
  groupings: ["domain", "month_first_seen"],
  textIn: "In URL or anchor.",
  folds: false,
  handle: "l1",
};

const isBelow = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

export const ASKING_LINKS: Asking<LinksSnapshot, LinkRow, LinkConditions> = {
  words: {
    one: "link",
    many: "links",
    counted: "link",
    handle: "l",
    works: '{"target":"acme.example"}',
  },
  fields: { catalogue: FIELDS, example: '["rank",">",10]' },
  searchedField: "url_to",
  maxLimit: 1000,
  conditions: {
    from: {
      argument: "from",
      parse: (value) => {
        const domain = parseLine("from", value, 253, 'for example "news.example"').toLowerCase();
        if (domain.includes("/")) throw new Refusal("from", "must be a domain", 'for example "news.example"');
        return domain;
      },
      tell: (domain) => domain,
      compile:
        (domain) =>
        ({ main }) =>
          isBelow(main.from, domain),
    },
  },
  groupings: {
    domain: {
      kind: "value",
      toRule: () => byValue(({ main }) => main.from || null),
      columns: [{ name: "best_rank", read: ({ rows }) => Math.max(...rows.map(({ main }) => main.rank ?? 0)) }],
      isByArgument: true,
      narrow: { kind: "own", toWhere: (key, _group, { from }) => (from === undefined ? { from: key } : undefined) },
    },
    month_first_seen: {
      kind: "value",
      toRule: () =>
        byValue(({ main }) => {
          const seen = main.raw["first_seen"];
          return typeof seen === "string" ? toMonth(Date.parse(seen)) : null;
        }),
      columns: [],
      isTime: true,
    },
  },
  usualGrouping: ({ from }) => (from === undefined ? "domain" : "month_first_seen"),
  ...rowsOfItems<LinksSnapshot>(),
  titleOf: ({ anchor }) => anchor,
  readersOf: () => readSteps,
  figureOf: (field) => (field === "id" ? ofHandle() : ofMain(FIELDS.get(field) ?? "any", readSteps(field))),
  sumBacklinks: (rows) => ({ links: rows.length, isAtLeast: false }),
  listLimitOf: () => null,
  table: {
    columns: Object.keys(COLUMNS),
    dispensable: [TITLE],
    make: (rows, _target, without) => {
      const columns = Object.entries(COLUMNS).filter(([name]) => !without.includes(name));
      return {
        columns: columns.map(([name]) => name),
        row: (index) => columns.map(([, read]) => read(rows[index] as LinkRow)),
      };
    },
  },
  record: { said: new Set(["type"]), first: ["domain_from", "anchor"], under: [] },
  describe: ({ items, totalCount }) => ({
    view: ["live links"],
    viewFacts: { links_status_type: "live" },
    crawled: [],
    crawledFacts: null,
    backlinksFetched: items.length,
    missing: totalCount === items.length ? [] : ["there are links that were not fetched"],
  }),
  calls: {
    mcp: { get: "get_single_links", query: "query_single_links" },
    cli: { get: "single-links get", query: "single-links query" },
    library: { get: "request", query: "query" },
  },
  suggestPaid: ({ totalCount, items }) =>
    totalCount === items.length ? [] : [{ cost: "paid", call: "get_single_links {}", gain: "the rest" }],
  toRecordUri: ({ id }, handle) => `single-links://snapshots/${id}/links/${handle}`,
};
