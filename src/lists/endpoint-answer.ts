import { AppError } from "../errors.ts";
import type { Endpoint } from "./endpoint.ts";
import { parseTime } from "./filters/filter.ts";
import type { KeptReply } from "./kept-reply.ts";
import { type ListRequest, toRequestKey } from "./request.ts";
import { createSnapshot, type EndpointAnswer, type Item, type JsonObject, type Snapshot } from "./snapshot.ts";
import { parseTarget, registrableDomain } from "./target.ts";

const DAY_MS = 86_400_000;

/**
 * Makes a snapshot of a saved answer. The request and the time are read from the answer itself, as far as it
 * tells them.
 * @param known what is known beside it, of a reply that was kept here
 * @throws {AppError} `input` when the answer does not even name its target
 */
export function importAnswer<R extends ListRequest, I extends Item>(
  endpoint: Endpoint<R, I>,
  answer: EndpointAnswer,
  known?: Pick<KeptReply, "request" | "at">,
): Snapshot<R, I> {
  const request = answer.echo === null && known !== undefined ? (known.request as R) : readRequest(endpoint, answer);
  return createSnapshot(endpoint, answer, {
    source: "import",
    request,
    requestKey: toRequestKey(endpoint, request, "import"),
    fetchedAt: readTime(endpoint, answer) ?? known?.at ?? null,
    charge: { kind: "none" },
  });
}

/**
 * The echoed request, or as much of it as we understand: an odd echo must not keep the data out. A result that names
 * another domain than the echo is of that one.
 */
export function readRequest<R extends ListRequest>(endpoint: Endpoint<R>, answer: EndpointAnswer): R {
  const request = readEcho(endpoint, answer);
  const other = otherTargetOf(endpoint, { ...answer, items: null }, request.target);
  return other === undefined ? request : { ...request, target: other };
}

function readEcho<R extends ListRequest>(
  { fields: known, parse, itemKeys }: Endpoint<R>,
  { echo, target, items }: EndpointAnswer,
): R {
  const told = typeof echo === "object" && echo !== null ? Object.entries(echo) : [];
  const fields = Object.fromEntries(told.filter(([name]) => Object.hasOwn(known, name)));
  const domain = domainOf(items, itemKeys);
  try {
    return parse(
      { ...fields, target: fields["target"] ?? target ?? domain },
      { allowUnknownFields: true, mapBareNames: true },
    ).request;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  try {
    return { target: parseTarget(target ?? fields["target"] ?? domain).target } as R;
  } catch {
    throw new AppError("input", "The saved answer does not name its target.", {
      advice: "Import the whole answer as it came, with tasks[0].data or tasks[0].result[0].target.",
    });
  }
}

/** The domain that all items are of, as they name it or else by their URLs: what is left of the target without a frame. */
function domainOf(items: unknown, { domain, url }: Endpoint["itemKeys"]): unknown {
  const told = Array.isArray(items) ? items.map((item) => item as JsonObject | null) : [];
  const named = told.map((item) => item?.[domain]).filter((name) => typeof name === "string");
  const hosts = told.map((item) => toHost(item?.[url])).filter((host) => host !== undefined);
  const domains = new Set(named.length > 0 ? named : hosts.map(registrableDomain));
  return domains.size === 1 ? [...domains][0] : undefined;
}

/**
 * The upstream's task ids begin with month, day, hour and minute (UTC, as observed). The year is the first that
 * does not lie before the newest date in the answer.
 */
function readTime({ itemKeys }: Endpoint, { taskId, version, items }: EndpointAnswer): number | null {
  const match = /^(\d{2})(\d{2})(\d{2})(\d{2})-/.exec(taskId ?? "");
  const newest = crawlTimes(items, itemKeys.seenAt).reduce(
    (latest, time) => Math.max(latest, time),
    releaseDate(version),
  );
  if (match === null || newest === Number.NEGATIVE_INFINITY) return null;
  const [month = 0, day = 0, hour = 0, minute = 0] = match.slice(1).map(Number);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59) return null;
  const inYear = (year: number) => Date.UTC(year, month - 1, day, hour, minute);
  const year = new Date(newest).getUTCFullYear();
  return inYear(year) >= newest - DAY_MS ? inYear(year) : inYear(year + 1);
}

function crawlTimes(items: unknown, key: string): number[] {
  if (!Array.isArray(items)) return [];
  return items.flatMap((item) => {
    const time = (item as JsonObject | null)?.[key];
    const epochMs = typeof time === "string" ? parseTime(time) : undefined;
    return epochMs === undefined ? [] : [epochMs];
  });
}

/** `0.1.20260610` → 10 June 2026. */
function releaseDate(version: string | null): number {
  const match = /\.(\d{4})(\d{2})(\d{2})$/.exec(version ?? "");
  return match === null ? Number.NEGATIVE_INFINITY : Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
}

/** The answers of one reply, parted by whether they can be what was asked for. */
export interface PartedAnswers {
  /** The first that is of the target; undefined where none is. */
  asked: EndpointAnswer | undefined;
  /** All others, in their order. */
  unasked: EndpointAnswer[];
}

/** Finds the answer to a question among all that a reply held. */
export function partAnswers(endpoint: Endpoint, target: string, answers: readonly EndpointAnswer[]): PartedAnswers {
  const asked = answers.find((answer) => otherTargetOf(endpoint, answer, target) === undefined);
  return { asked, unasked: answers.filter((answer) => answer !== asked) };
}

/**
 * The domain that an answer is of, where that is not the one that was asked about: a mixed-up cache or proxy. Judged by
 * what the answer names and by where its pages lie, whatever the spelling; a subdomain is no other domain.
 * @returns undefined for an answer of the target, and for one that tells nothing
 */
export function otherTargetOf(
  { itemKeys }: Endpoint,
  { target, echo, items }: EndpointAnswer,
  asked: string,
): string | undefined {
  const own = registrableDomain(asked);
  const echoed = typeof echo === "object" && echo !== null ? (echo as { target?: unknown }).target : undefined;
  const named = [target, echoed].map(toHost).filter((host) => host !== undefined);
  const strange = named.find((host) => registrableDomain(host) !== own);
  if (strange !== undefined) return strange;
  const hosts = Array.isArray(items)
    ? items.map((item) => toHost((item as JsonObject | null)?.[itemKeys.url])).filter((host) => host !== undefined)
    : [];
  return hosts.some((host) => registrableDomain(host) === own) ? undefined : hosts[0];
}

/** @returns undefined for what names no domain */
function toHost(written: unknown): string | undefined {
  if (typeof written !== "string" || written === "") return undefined;
  try {
    return parseTarget(written).target;
  } catch {
    return undefined;
  }
}
