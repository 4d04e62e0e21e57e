import type { AppErrorFacts } from "../errors.ts";
import type { Charge } from "../lists/snapshot.ts";

/**
 * No call of this endpoint costs this much: its dearest one is a few cents, and the cap that an operator can set ends
 * here too. A larger figure is a slip (micro-dollars in the place of dollars), and booked as it stands it would block
 * the budget for good.
 */
const MAX_PLAUSIBLE_USD = 1000;

/** Whether a figure can be the price of one call. */
export const isPlausiblePrice = (usd: number): boolean => usd >= 0 && usd <= MAX_PLAUSIBLE_USD;

/** Where gateways write what one call cost the customer, and how many of it make a dollar. */
const CHARGE_HEADERS = [
  // A third-party client of the gateway reads this one,
  ["x-aisa-customer-cost-micros-usd", 1_000_000],
  // AIsa's own command line that one.
  ["x-aisa-price-usd", 1],
] as const;

/**
 * What the gateway says one call cost the customer. Where its headers, or a header that came twice, disagree, the largest
 * figure is booked: a budget that counts too little is spent twice. So nothing counts as nothing only where no header
 * says something else that cannot be read.
 * @returns `not_reported` when no header holds a number that can be a price; that is not the same as free
 */
export function readCharge(headers: Readonly<Record<string, string>>): Charge {
  const figures = CHARGE_HEADERS.flatMap(([name, perDollar]) =>
    toFigures(headers[name] ?? "").map((text) => toUsd(text, perDollar)),
  );
  const usd = Math.max(...figures.map((figure) => figure ?? 0));
  const isTold = usd > 0 || (figures.length > 0 && !figures.includes(undefined));
  return isTold ? { kind: "reported", usd } : { kind: "not_reported" };
}

/** A comma stands between the figures of a header that came twice, or between thousands: then both readings count. */
function toFigures(header: string): string[] {
  const whole = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(header.trim()) ? [header.replaceAll(",", "")] : [];
  return [...whole, ...header.split(",")].filter((text) => text.trim() !== "");
}

function toUsd(text: string, perDollar: number): number | undefined {
  if (!/^\d{1,12}(?:\.\d{1,12})?$/.test(text.trim())) return undefined;
  const usd = Number(text) / perDollar;
  return isPlausiblePrice(usd) ? usd : undefined;
}

/** What a failure cost: the gateway's own figure outweighs what such a failure usually means. */
export function settleCharge(facts: AppErrorFacts, headers: Readonly<Record<string, string>>): AppErrorFacts {
  const reported = readCharge(headers);
  if (reported.kind !== "reported") return facts;
  if (reported.usd > 0) return { ...facts, charge: "charged", chargedUsd: reported.usd };
  return { ...facts, charge: "not_charged" };
}

/** The first that looks like an id; never a key, which gateway errors have been seen to echo. */
export function pickRequestId(candidates: readonly (string | null | undefined)[]): string | undefined {
  const isId = (id: string | null | undefined): id is string =>
    typeof id === "string" && /^(?!sk-)[\w.:-]{1,80}$/.test(id);
  return candidates.find(isId);
}

/** `Wed, 21 Oct 2026 07:28:00 GMT`: the one form of an HTTP date that is still to be written (RFC 9110, 5.6.7). */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** About eleven days; whoever names more has a wrong clock or means never. */
const MAX_SECONDS = 999_999;

/**
 * The wait that a `Retry-After` header names, in either of its forms.
 * @param at when the reply came, ms since 1970; without it a date cannot be read
 * @returns ms, 0 for a date that has passed; undefined when there is no header, or none that makes sense
 */
export function readRetryAfter(header: string | undefined, at: number | undefined): number | undefined {
  const seconds = toSeconds(header?.trim() ?? "", at);
  return seconds !== undefined && seconds <= MAX_SECONDS ? seconds * 1000 : undefined;
}

function toSeconds(text: string, at: number | undefined): number | undefined {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (at === undefined || !HTTP_DATE.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - at) / 1000));
}
