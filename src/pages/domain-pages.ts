import { AppError } from "../errors.ts";
import { PAGES_CALLS } from "../lists/calls.ts";
import type { Endpoint } from "../lists/endpoint.ts";
import { createParseRequest } from "../lists/parse-request.ts";
import type { Snapshot } from "../lists/snapshot.ts";
import { BODY, BODY_DEFAULTS, type PagesRequest } from "./body.ts";
import { type Page, readPages } from "./page.ts";
import { FIELDS, refuseLinkerArgument } from "./page-fields.ts";

export const parseRequest = createParseRequest<PagesRequest>({
  fields: BODY,
  catalogues: FIELDS,
  refuse: refuseLinkerArgument,
});

/**
 * The pages of a domain with the backlinks they earn.
 * @see docs.dataforseo.com, backlinks/domain_pages/live
 */
export const DOMAIN_PAGES: Endpoint<PagesRequest, Page> = {
  name: "domain_pages",
  defaults: BODY_DEFAULTS,
  fields: BODY,
  parse: parseRequest,
  readItems: readPages,
  words: { items: "pages", counted: "URL" },
  calls: PAGES_CALLS,
  itemType: "backlinks_domain_page",
  isItem: ({ page, page_summary: summary }) =>
    typeof page === "string" && typeof summary === "object" && summary !== null && !Array.isArray(summary),
  itemKeys: { url: "page", domain: "main_domain", seenAt: "fetch_time" },
};

/** What is kept of one answer of it. */
export type PagesSnapshot = Snapshot<PagesRequest, Page>;

/** For `filter`: lists of pages. */
export const isOfPages = ({ endpoint }: Pick<Snapshot, "endpoint">): boolean => endpoint === DOMAIN_PAGES.name;

/**
 * A snapshot that has to be one of pages.
 * @throws {AppError} `input` for one of another endpoint
 */
export function asPages(snapshot: Snapshot): PagesSnapshot {
  if (isOfPages(snapshot)) return snapshot as PagesSnapshot;
  throw new AppError("input", `Snapshot ${snapshot.id} is no list of pages, but one of ${snapshot.endpoint}.`, {
    charge: "not_charged",
  });
}

/** Which snapshots are meant where only lists of pages are. */
export const OF_PAGES = { endpoints: [DOMAIN_PAGES], as: asPages } as const;
