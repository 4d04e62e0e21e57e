import type { OrderRule } from "../lists/filters/order-by.ts";
import type { JsonObject } from "../lists/snapshot.ts";
import { registrableDomain } from "../lists/target.ts";
import { type PagesRequest, withDefaults } from "../pages/body.ts";
import { DOMAIN_PAGES } from "../pages/domain-pages.ts";
import { compileFieldReader, compilePageFilter } from "../pages/field-readers.ts";
import type { Backlink } from "./links.ts";
import { createAnswerTask } from "./task.ts";
import type { World, WorldPage } from "./world.ts";

/** The documented endpoint over the sandbox's world. */
export const answerDomainPages = createAnswerTask(DOMAIN_PAGES, toResult);

function toResult(written: PagesRequest, world: World): JsonObject {
  const request = withDefaults(written);
  const items = selectPages(request, world)
    .map((page) => toItem(page, request))
    .filter((item) => item !== undefined);
  const holds = request.filters === undefined ? () => true : compilePageFilter(request.filters);
  const matching = items.filter(holds).sort(compareBy(request.order_by ?? DEFAULT_ORDER));
  const shown = matching.slice(request.offset, request.offset + request.limit).map((item) => ({
    ...item,
    page_summary: limitLists(item["page_summary"] as JsonObject, request.internal_list_limit),
  }));
  return {
    target: request.target,
    total_count: matching.length,
    items_count: shown.length,
    items: shown.length === 0 ? null : shown,
  };
}

type FullRequest = ReturnType<typeof withDefaults>;

const DEFAULT_ORDER: OrderRule[] = [{ field: "page_summary.rank", direction: "desc" }];

/** The pages of the target: of a domain, all of them or those on the domain itself; of a subdomain, its own. */
function selectPages({ target, include_subdomains }: FullRequest, world: World): WorldPage[] {
  return world.pagesOf(registrableDomain(target)).filter(({ domain }) => {
    const host = domain.replace(/^www\./, "");
    return host === target || (include_subdomains && host.endsWith(`.${target}`));
  });
}

/** A page with the metrics of the backlinks that count; undefined when none does. */
function toItem(page: WorldPage, request: FullRequest): JsonObject | undefined {
  const selected = page.backlinks.filter(backlinkFilter(page, request));
  if (selected.length === 0) return undefined;
  const summary = summarise(page, selected);
  if (request.rank_scale === "one_hundred") summary["rank"] = toHundredScale(Number(summary["rank"]));
  return { ...page.facts, page_summary: summary };
}

function backlinkFilter(page: WorldPage, request: FullRequest): (link: Backlink) => boolean {
  const { backlinks_status_type: wanted, exclude_internal_backlinks, backlinks_filters, rank_scale } = request;
  const holds = backlinks_filters === undefined ? () => true : compilePageFilter(backlinks_filters);
  const toScale = rank_scale === "one_hundred" ? withHundredScale : (fields: JsonObject) => fields;
  return (link) =>
    (wanted === "all" || link.isLost === (wanted === "lost")) &&
    !(exclude_internal_backlinks && link.referrer.mainDomain === page.mainDomain) &&
    holds(toScale(link.fields));
}

/** The scale also rules the ranks that `backlinks_filters` speaks of. */
function withHundredScale(fields: JsonObject): JsonObject {
  const ranks = ["rank", "page_from_rank", "domain_from_rank"];
  return { ...fields, ...Object.fromEntries(ranks.map((name) => [name, toHundredScale(Number(fields[name]))])) };
}

/** Unknown values last, whichever the direction; then by URL, so that paging never shows a page twice. */
function compareBy(rules: readonly OrderRule[]): (a: JsonObject, b: JsonObject) => number {
  const readers = rules.map(({ field, direction }) => ({
    read: compileFieldReader(field),
    sign: direction === "asc" ? 1 : -1,
  }));
  return (a, b) => {
    for (const { read, sign } of readers) {
      const order = compareValues(read(a), read(b), sign);
      if (order !== 0) return order;
    }
    return compareValues(a["page"], b["page"], 1);
  };
}

function compareValues(a: unknown, b: unknown, sign: number): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return (a as never) < (b as never) ? -sign : sign;
}

/** Spread of the made-up rank: larger means that more links are needed for the same rank. */
const RANK_SPREAD = 260;

const NOFOLLOW_WEIGHT = 0.2;

/**
 * Computes `page_summary` from the backlinks that count. As in real answers, the `referring_links_*` maps
 * count referring pages, largest first (so `nofollow` among the attributes equals `referring_pages_nofollow`),
 * and 4xx/5xx pages have all their backlinks broken.
 */
export function summarise(page: WorldPage, backlinks: readonly Backlink[]): JsonObject {
  const isBroken = page.status >= 400;
  // A page that links twice counts once, with one of its links.
  const onePerPage = [...new Map(backlinks.map((link) => [link.urlFrom, link])).values()];
  const nofollow = backlinks.filter(({ fields }) => fields["dofollow"] === false);
  const domains = (links: readonly Backlink[]) => distinct(links, ({ referrer }) => referrer.domain);
  const mainDomains = (links: readonly Backlink[]) => distinct(links, ({ referrer }) => referrer.mainDomain);
  return {
    first_seen: page.firstVisited,
    lost_date: backlinks.length > 0 && backlinks.every(({ isLost }) => isLost) ? latest(backlinks) : null,
    rank: rankOf(backlinks),
    backlinks: backlinks.length,
    backlinks_spam_score: average(backlinks.map(({ referrer }) => referrer.spam)),
    broken_backlinks: isBroken ? backlinks.length : 0,
    broken_pages: isBroken ? 1 : 0,
    referring_domains: domains(backlinks),
    referring_domains_nofollow: domains(nofollow),
    referring_main_domains: mainDomains(backlinks),
    referring_main_domains_nofollow: mainDomains(nofollow),
    referring_ips: distinct(backlinks, ({ referrer }) => referrer.ip),
    referring_subnets: distinct(backlinks, ({ referrer }) => referrer.ip.replace(/\.\d+$/, "")),
    referring_pages: onePerPage.length,
    referring_pages_nofollow: distinct(nofollow, ({ urlFrom }) => urlFrom),
    referring_links_tld: tally(onePerPage, ({ referrer }) => [referrer.tld]),
    referring_links_types: tally(onePerPage, ({ fields }) => [String(fields["item_type"])]),
    referring_links_attributes: tally(onePerAttribute(backlinks), ({ attribute }) => [attribute]),
    referring_links_platform_types: tally(onePerPage, ({ referrer }) => referrer.platforms),
    referring_links_semantic_locations: tally(onePerPage, ({ fields }) => [String(fields["semantic_location"])]),
    referring_links_countries: tally(onePerPage, ({ referrer }) => [referrer.country]),
  };
}

/** Cuts every counting map to its largest entries, as `internal_list_limit` asks. */
export function limitLists(summary: JsonObject, limit: number): JsonObject {
  return Object.fromEntries(
    Object.entries(summary).map(([name, value]) => [
      name,
      typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).slice(0, limit)) : value,
    ]),
  );
}

/** 0–1000 → 0–100, by the data provider's own formula. */
export function toHundredScale(rank: number): number {
  return Math.round(Math.sin(rank / 636.62) * 100);
}

function rankOf(backlinks: readonly Backlink[]): number {
  const strength = backlinks.reduce(
    (sum, { fields }) => sum + Number(fields["page_from_rank"]) * (fields["dofollow"] === true ? 1 : NOFOLLOW_WEIGHT),
    0,
  );
  return Math.round(1000 * (1 - Math.exp(-Math.sqrt(strength) / RANK_SPREAD)));
}

function distinct(links: readonly Backlink[], read: (link: Backlink) => string): number {
  return new Set(links.map(read)).size;
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);
}

function latest(links: readonly Backlink[]): string {
  return (
    links
      .map(({ lastSeen }) => lastSeen)
      .sort()
      .at(-1) ?? ""
  );
}

/** Every attribute that any link of a referring page carries, once for each page. */
function onePerAttribute(links: readonly Backlink[]): { attribute: string }[] {
  const found = links.flatMap(({ urlFrom, fields }) =>
    ((fields["attributes"] as string[] | null) ?? []).map((attribute) => ({ urlFrom, attribute })),
  );
  return [...new Map(found.map((each) => [`${each.attribute} ${each.urlFrom}`, each])).values()];
}

function tally<T>(counted: readonly T[], read: (each: T) => readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const key of counted.flatMap((each) => [...read(each)])) counts.set(key, (counts.get(key) ?? 0) + 1);
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]));
}
