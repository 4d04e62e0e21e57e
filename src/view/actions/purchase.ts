import { CALLED_TOOLS, type ViewHead } from "../../pages/view/view-data.ts";
import type { Host } from "../bridge/host.ts";
import { type Params, toParams } from "../bridge/peer.ts";
import { toFailure } from "../state/take-result.ts";

const ESTIMATE = CALLED_TOOLS.estimate;
const BUY = CALLED_TOOLS.get;

/** The endpoint gives at most that many pages in one answer. */
const MAX_LIMIT = 1000;

/** Something that may cost money. */
export interface Order {
  title: string;
  request: Params;
}

/** How far a purchase has come. Nothing is bought before the price, or that there is none, was seen. */
export type Purchase =
  | { kind: "none" }
  | { kind: "pricing"; order: Order }
  | { kind: "priced"; order: Order; offer: Offer }
  | { kind: "buying"; order: Order }
  /** Why nothing came of it, in the server's words, which also say what was charged. */
  | { kind: "refused"; words: string };

/** What is known of a price before it is paid. */
export interface Offer {
  price:
    | { kind: "told"; usd: number; mayExceed: boolean }
    | { kind: "free"; why: string }
    | { kind: "untold"; why: string };
  /** US dollars; null when not told. */
  atMostUsd: number | null;
  leftUsd: number | null;
  /** What stands in the way, or is to be known before. */
  remarks: string[];
}

/** What can be bought from here: more of the same list, while one answer can hold it, and the same again. */
export function toOrders(
  { request, pagesFetched, pagesTotal }: ViewHead,
  words: { count: (n: number) => string },
): Order[] {
  if (request === null) return [];
  const again = { title: "Fetch again", request };
  const all = Math.min(pagesTotal ?? 0, MAX_LIMIT);
  if (pagesFetched >= all || request["offset"] !== undefined) return [again];
  const title =
    all === pagesTotal ? `Fetch all ${words.count(all)} pages` : `Fetch the first ${words.count(all)} pages`;
  return [{ title, request: { ...request, limit: all } }, again];
}

/** Asks for the price. Free. A refusal is an offer without a price, in its words. */
export async function fetchOffer(host: Host, { request }: Order): Promise<Offer> {
  const result = await host.callTool(ESTIMATE, request).catch(toFailure);
  if (result.isError) {
    return { price: { kind: "untold", why: result.text }, atMostUsd: null, leftUsd: null, remarks: [] };
  }
  return readOffer(result.structured);
}

/** Buys. The only place of the view that makes a call which can cost anything. */
export const buy = (host: Host, { request }: Order) => host.callTool(BUY, request).catch(toFailure);

/** The estimate as the tool tells it. */
export function readOffer({ price, budget, notes }: Params): Offer {
  const { quoted_usd, may_exceed, no_quote, at_most_usd, obstacles } = toParams(price);
  const { left_usd, per_call_usd } = toParams(budget);
  const why = typeof no_quote === "string" ? no_quote : "";
  const told = typeof quoted_usd === "number";
  const isFree = told ? quoted_usd === 0 : at_most_usd === 0;
  return {
    price: isFree
      ? { kind: "free", why }
      : told
        ? { kind: "told", usd: quoted_usd, mayExceed: may_exceed === true }
        : { kind: "untold", why },
    atMostUsd: toNumber(at_most_usd) ?? toNumber(per_call_usd),
    leftUsd: toNumber(left_usd),
    remarks: [...toTexts(obstacles), ...toTexts(notes)],
  };
}

const toNumber = (value: unknown): number | null => (typeof value === "number" ? value : null);

const toTexts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
