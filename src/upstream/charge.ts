import type { Charge } from "../pages/snapshot/snapshot.ts";

/**
 * What the gateway says one call cost the customer: micro-dollars first, else the price in dollars.
 * @returns `not_reported` when neither header holds a number; that is not the same as free
 * @see AIsa's command-line client (x-aisa-price-usd) and a third-party client (x-aisa-customer-cost-micros-usd)
 */
export function readCharge(headers: Readonly<Record<string, string>>): Charge {
  const micros = toAmount(headers["x-aisa-customer-cost-micros-usd"]);
  if (micros !== undefined) return { kind: "reported", usd: micros / 1_000_000 };
  const usd = toAmount(headers["x-aisa-price-usd"]);
  return usd === undefined ? { kind: "not_reported" } : { kind: "reported", usd };
}

function toAmount(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,12}(?:\.\d{1,12})?$/.test(text.trim())) return undefined;
  return Number(text);
}
