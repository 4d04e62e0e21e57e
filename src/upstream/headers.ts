import type { PurchaseTerms } from "../pages/endpoint.ts";

/** Which headers about money go along; each can be switched off, should a gateway refuse it. */
export interface HeaderSwitches {
  priceCap: boolean;
  idempotencyKey: boolean;
}

export interface HeaderFacts {
  apiKey: string;
  terms: PurchaseTerms;
  /** Counts the idempotency keys of one purchase from 1. */
  keyNumber: number;
  /** Asks what the call would cost instead of having it carried out. */
  asksForQuote: boolean;
}

/** The headers of one paid call. Names are lower case. */
export function toHeaders(
  { apiKey, terms, keyNumber, asksForQuote }: HeaderFacts,
  switches: HeaderSwitches,
): Record<string, string> {
  const { id, maxPriceUsd } = terms;
  return {
    authorization: `Bearer ${apiKey}`,
    "content-type": "application/json",
    accept: "application/json",
    ...(switches.priceCap && maxPriceUsd !== undefined && { "x-aisa-max-price-usd": toCapText(maxPriceUsd) }),
    ...(switches.idempotencyKey && { "idempotency-key": keyNumber === 1 ? id : `${id}.${keyNumber}` }),
    ...(asksForQuote && { "x-aisa-cost-mode": "quote" }),
  };
}

/** Above any cap that makes sense, and below where numbers are written with an exponent. */
const MAX_CAP_USD = 1_000_000_000;

/**
 * A price cap as the gateway takes it.
 * @param usd anything that is not above 0 allows nothing
 * @returns plain decimal with at most six places, never more than `usd`
 */
export function toCapText(usd: number): string {
  if (!(usd > 0)) return "0";
  const capped = Math.min(usd, MAX_CAP_USD);
  // Rounded first: 0.29 times a million is a little less than 290,000, and its floor would take a micro-dollar off.
  const nearest = Math.round(capped * 1_000_000);
  const micros = nearest / 1_000_000 > capped ? nearest - 1 : nearest;
  return (micros / 1_000_000).toFixed(6).replace(/\.?0+$/, "");
}
