import type { Item, JsonObject, ReadItems } from "../lists/snapshot.ts";

/**
 * One item of the endpoint, read tolerantly: a field that is missing, null or of another type is null here
 * and a page is never lost over it. `raw` keeps everything that came, unknown keys included.
 *
 * Counts are `null` when unknown (0 is a known zero); times are the upstream's own text.
 * @see docs.dataforseo.com, backlinks/domain_pages/live, and a real answer of 2026-07-08
 */
export interface Page extends Item {
  status: number | null;
  /** Where a 3xx page redirects to. */
  location: string | null;
  title: string | null;
  rank: number | null;
  backlinks: number | null;
  referringDomains: number | null;
  referringIps: number | null;
  referringSubnets: number | null;
  referringPages: number | null;
  referringPagesNofollow: number | null;
  /** Average spam score of the backlinks, 0 to 100. */
  spamScore: number | null;
  lostDate: string | null;
}

/**
 * The dead, told apart by what can be done about them: *gone* (404, 410) is not there any more; *trouble* (5xx, such as
 * 500, 503 and 520 to 527) is a server that fails, perhaps for a day; *refused* is every other status from 400 on (401,
 * 403, 405, 406, 407, 429, 451, 999): the page answers, but not to a crawler.
 */
export type DeadKind = "gone" | "refused" | "trouble";

/** What a page answered when it was last crawled. `dead`, with `broken` as its synonym, is any {@link DeadKind}. */
export type StatusClass = "live" | "redirect" | DeadKind;

/**
 * The one rule for what a status means; every count, group, filter, finding and map goes by it.
 * @returns null when the status is unknown or says nothing (below 200): such a page is neither live nor dead
 */
export function classifyStatus(status: number | null): StatusClass | null {
  if (status === null || status < 200) return null;
  if (status < 300) return "live";
  if (status < 400) return "redirect";
  if (status === 404 || status === 410) return "gone";
  return status >= 500 && status < 600 ? "trouble" : "refused";
}

/** Null for a page that is not dead, or not known to be. */
export function deadKindOf(status: number | null): DeadKind | null {
  const found = classifyStatus(status);
  return found === "live" || found === "redirect" ? null : found;
}

/**
 * Reads every item that is one, each URL once: what is empty is no page, and what came twice has its links but once.
 * @param items the `items` array; null or anything but an array reads as no pages
 */
export function readPages(items: unknown): ReadItems<Page> {
  if (!Array.isArray(items)) {
    const oddFields = items === null || items === undefined ? 0 : 1;
    return { items: [], oddFields, emptyItems: 0, repeatedItems: 0 };
  }
  const odd = { count: 0 };
  const places = new Map<string, number>();
  const read: ReadItems<Page> = { items: [], oddFields: 0, emptyItems: 0, repeatedItems: 0 };
  for (const item of items) {
    if (!isItem(item)) read.emptyItems += 1;
    else if (!addPage(readPage(item, `p${read.items.length + 1}`, odd), read.items, places)) read.repeatedItems += 1;
  }
  return { ...read, oddFields: odd.count };
}

const isItem = (item: unknown): item is JsonObject => typeof item === "object" && item !== null && !Array.isArray(item);

/** @returns false for a page whose very URL stands there already */
function addPage(page: Page, pages: Page[], places: Map<string, number>): boolean {
  const known = places.get(page.url);
  if (known === undefined) {
    if (page.url !== "") places.set(page.url, pages.length);
    pages.push(page);
    return true;
  }
  const first = pages[known];
  // Of two that contradict each other the one that answers counts: nobody is to be led away from a living page.
  if (first !== undefined && classifyStatus(first.status) !== "live" && classifyStatus(page.status) === "live") {
    pages[known] = { ...page, handle: first.handle };
  }
  return false;
}

interface Odd {
  count: number;
}

function readPage(raw: JsonObject, handle: string, odd: Odd): Page {
  const meta = toObject(raw["meta"], odd);
  const summary = toObject(raw["page_summary"], odd);
  return {
    handle,
    url: toText(raw["page"], odd) ?? "",
    status: toNumber(raw["status_code"], odd),
    location: toText(raw["location"], odd),
    title: toText(meta["title"], odd),
    rank: toNumber(summary["rank"], odd),
    backlinks: toNumber(summary["backlinks"], odd),
    referringDomains: toNumber(summary["referring_domains"], odd),
    referringIps: toNumber(summary["referring_ips"], odd),
    referringSubnets: toNumber(summary["referring_subnets"], odd),
    referringPages: toNumber(summary["referring_pages"], odd),
    referringPagesNofollow: toNumber(summary["referring_pages_nofollow"], odd),
    spamScore: toNumber(summary["backlinks_spam_score"], odd),
    lostDate: toText(summary["lost_date"], odd),
    raw,
  };
}

function toObject(value: unknown, odd: Odd): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  if (value !== undefined && value !== null) odd.count += 1;
  return {};
}

function toText(value: unknown, odd: Odd): string | null {
  if (typeof value === "string") return value;
  if (value !== undefined && value !== null) odd.count += 1;
  return null;
}

/** A number, also one that came as text; NaN and the like are unknown. */
function toNumber(value: unknown, odd: Odd): number | null {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (value === undefined || value === null) return null;
  odd.count += 1;
  const number = typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}
