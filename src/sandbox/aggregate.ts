import type { JsonObject } from "../pages/snapshot/page.ts";
import type { Backlink } from "./backlinks.ts";
import type { WorldPage } from "./world.ts";

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
