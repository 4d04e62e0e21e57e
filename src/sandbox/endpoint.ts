import { AppError } from "../errors.ts";
import { compileFieldReader, compileFilter } from "../pages/filters/evaluate-filter.ts";
import type { OrderRule } from "../pages/request/order-by.ts";
import { type ParsedRequest, parseRequest } from "../pages/request/parse-request.ts";
import { type PagesRequest, toRequestBody, withDefaults } from "../pages/request/request.ts";
import { REQUEST_FIELDS } from "../pages/request/schema.ts";
import { registrableDomain } from "../pages/request/target.ts";
import type { JsonObject } from "../pages/snapshot/page.ts";
import { limitLists, summarise, toHundredScale } from "./aggregate.ts";
import type { Backlink } from "./backlinks.ts";
import { type Envelope, failedTask, okTask, topLevelError } from "./envelope.ts";
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
  if (Object.keys(task).some((name) => !REQUEST_FIELDS.some((field) => field === name))) {
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
  let parsed: ParsedRequest;
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
  const holds = request.filters === undefined ? () => true : compileFilter(request.filters);
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
  const holds = backlinks_filters === undefined ? () => true : compileFilter(backlinks_filters);
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
