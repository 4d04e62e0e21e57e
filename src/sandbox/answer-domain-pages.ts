import { AppError } from "../errors.ts";
import type { OrderRule } from "../lists/filters/order-by.ts";
import type { ParsedRequest } from "../lists/parse-request.ts";
import { toRequestBody } from "../lists/request.ts";
import type { JsonObject } from "../lists/snapshot.ts";
import { registrableDomain } from "../lists/target.ts";
import { BODY, type PagesRequest, withDefaults } from "../pages/body.ts";
import { parseRequest } from "../pages/domain-pages.ts";
import { compileFieldReader, compilePageFilter } from "../pages/field-readers.ts";
import { type Envelope, failedTask, okTask, topLevelError } from "./exchange.ts";
import type { Backlink } from "./links.ts";
import type { World, WorldPage } from "./world.ts";

/** A reply of the embedded endpoint: an HTTP status and the JSON body that goes with it. */
export interface EndpointReply {
  status: number;
  body: Envelope | GatewayRefusal;
}

export interface GatewayRefusal {
  error: string | { type: string; code: string; message: string };
}

/**
 * The documented endpoint over the sandbox's world: same body, same envelope, same error codes. As strict as the
 * real one: no bare field names, no URL as target.
 * @param body the request body, parsed; an object, or an array of one
 */
export function answerDomainPages(body: unknown, world: World): EndpointReply {
  const tasks = Array.isArray(body) ? body : [body];
  if (tasks.length === 0) return ok(topLevelError(40502, "POST Data Is Empty."));
  if (tasks.length > 1) return ok(topLevelError(40000, "You can set only one task at a time."));
  const [task] = tasks;
  if (typeof task !== "object" || task === null || Array.isArray(task)) {
    return ok(topLevelError(40503, "POST Data Is Invalid."));
  }
  if (Object.keys(task).some((name) => !Object.hasOwn(BODY, name))) {
    return { status: 400, body: { error: "request does not match the endpoint contract" } };
  }
  const parsed = parseStrictly(task as Record<string, unknown>);
  if (typeof parsed === "string") return ok(failedTask(task, 40501, `Invalid Field: '${parsed}'.`));
  return ok(okTask(task, toResult(parsed, world)));
}

const ok = (body: Envelope): EndpointReply => ({ status: 200, body });

/**
 * The request, or the name of the field that is wrong. Forms that our own tool would kindly repair are wrong here:
 * what was understood has to be what was written. Filters only have to be arrays, since the documentation itself
 * writes them in several ways (numbers as text, needless brackets).
 */
function parseStrictly(task: Readonly<Record<string, unknown>>): PagesRequest | string {
  let parsed: ParsedRequest<PagesRequest>;
  try {
    parsed = parseRequest(task, { allowUnknownFields: false, mapBareNames: false });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.facts.refused?.[0] ?? "target";
  }
  const understood: Readonly<Record<string, unknown>> = toRequestBody(parsed.request);
  const repaired = Object.keys(task).find((name) => !isAsWritten(name, task[name], understood[name]));
  return repaired ?? parsed.request;
}

function isAsWritten(name: string, written: unknown, understood: unknown): boolean {
  if (written === null || (Array.isArray(written) && written.length === 0)) return true;
  if (name === "filters" || name === "backlinks_filters") return Array.isArray(written);
  return JSON.stringify(written) === JSON.stringify(understood);
}

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
