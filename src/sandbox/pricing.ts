/** What a carried-out call costs, US dollars: so much for the call, and so much for each page that comes back. */
export interface Prices {
  perCallUsd: number;
  perPageUsd: number;
}

export const FREE: Prices = { perCallUsd: 0, perPageUsd: 0 };

/** @returns the price of an answer with so many pages, in whole micro-dollars */
export type PriceOf = (pages: number) => number;

/** Both prices are rounded to whole micro-dollars first, so that every sum of charges is exact. */
export function createPriceOf({ perCallUsd, perPageUsd }: Prices): PriceOf {
  const perCall = toMicros(perCallUsd);
  const perPage = toMicros(perPageUsd);
  return (pages) => perCall + perPage * pages;
}

/** The headers in which the gateway says what a call cost. */
export function chargeHeaders(micros: number): Record<string, string> {
  return {
    "x-aisa-price-usd": (micros / 1_000_000).toFixed(6),
    "x-aisa-customer-cost-micros-usd": String(micros),
  };
}

/**
 * Reads the header that caps the price.
 * @returns whole micro-dollars, or undefined when the text is no plain decimal number (`1e-7` is none)
 */
export function parseCap(text: string): number | undefined {
  return /^-?\d{1,12}(?:\.\d{1,12})?$/.test(text.trim()) ? toMicros(Number(text)) : undefined;
}

const toMicros = (usd: number): number => Math.round(usd * 1_000_000);
