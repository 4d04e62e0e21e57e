import type { JsonObject } from "../../../../../src/lists/snapshot.ts";
import { foldPages } from "../../../../../src/pages/answer/fold.ts";
import { findFacts } from "../../../../../src/pages/findings/find-facts.ts";
import { describeFinding, type Finding } from "../../../../../src/pages/findings/finding.ts";
import { readPages } from "../../../../../src/pages/page.ts";
import { makeItem } from "../../../../support/make-snapshot.ts";

/** What a test of a finding says about an item; the rest is unknown. */
export interface Facts {
  status?: number | null;
  location?: string;
  title?: string | null;
  backlinks?: number | null;
  domains?: number;
  /** Referring pages. */
  pages?: number | null;
  nofollow?: number;
  spam?: number;
  lost?: string | null;
  types?: unknown;
  attributes?: unknown;
  places?: unknown;
  tld?: unknown;
  countries?: unknown;
  /** Further fields of the item, and of its `meta`. */
  item?: JsonObject;
  meta?: JsonObject;
}

/** An item on `https://acme.example`, or at a whole URL. */
export function item(url: string, facts: Facts): JsonObject {
  const made = makeItem({
    url: url.startsWith("/") ? `https://acme.example${url}` : url,
    status: facts.status === undefined ? 200 : facts.status,
    location: facts.location ?? null,
    title: facts.title ?? null,
    summary: {
      backlinks: facts.backlinks,
      referring_domains: facts.domains,
      referring_pages: facts.pages,
      referring_pages_nofollow: facts.nofollow,
      backlinks_spam_score: facts.spam,
      lost_date: facts.lost ?? null,
      referring_links_types: facts.types,
      referring_links_attributes: facts.attributes,
      referring_links_semantic_locations: facts.places,
      referring_links_tld: facts.tld,
      referring_links_countries: facts.countries,
    },
  });
  return { ...made, ...facts.item, meta: { title: facts.title ?? null, ...facts.meta } };
}

export const findIn = (items: readonly unknown[]): Finding[] =>
  findFacts(foldPages(readPages(items).items), "acme.example");

/** The finding whose rule starts so, as it is printed when every page has a row; undefined when there is none. */
export function lineOf(rule: string, items: readonly unknown[]): string | undefined {
  const finding = findIn(items).find((each) => each.rule.startsWith(rule));
  return finding && describeFinding({ ...finding, top: finding.top.map((each) => ({ ...each, url: null })) });
}
