import type { AppErrorFacts } from "../errors.ts";
import type { Charge } from "../pages/snapshot/snapshot.ts";

/**
 * No call of this endpoint costs this much: its dearest one is a few cents, and the cap that an operator can set ends
 * here too. A larger figure is a slip (micro-dollars in the place of dollars), and booked as it stands it would block
 * the budget for good.
 */
const MAX_PLAUSIBLE_USD = 1000;

/** Whether a figure can be the price of one call. */
export const isPlausiblePrice = (usd: number): boolean => usd >= 0 && usd <= MAX_PLAUSIBLE_USD;

/**
 * What the gateway says one call cost the customer: micro-dollars first, else the price in dollars.
 * @returns `not_reported` when neither header holds a number that can be a price; that is not the same as free
 * @see AIsa's command-line client (x-aisa-price-usd) and a third-party client (x-aisa-customer-cost-micros-usd)
 */
export function readCharge(headers: Readonly<Record<string, string>>): Charge {
  const usd = toUsd(headers["x-aisa-customer-cost-micros-usd"], 1_000_000) ?? toUsd(headers["x-aisa-price-usd"], 1);
  return usd === undefined ? { kind: "not_reported" } : { kind: "reported", usd };
}

function toUsd(text: string | undefined, perDollar: number): number | undefined {
  if (text === undefined || !/^\d{1,12}(?:\.\d{1,12})?$/.test(text.trim())) return undefined;
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
