import type { FetchQuote, Quote } from "../pages/endpoint.ts";
import { type CarryOutDeps, carryOut } from "./carry-out.ts";
import { toMicros } from "./micros.ts";
import type { Bought, Order } from "./order.ts";

/** What a request would cost, as far as could be learned. */
export type Price =
  | Exclude<Quote, { kind: "bought" }>
  /** The gateway carried the call out instead of quoting it. */
  | { kind: "bought"; bought: Bought };

/** @throws {AppError} when asking failed in a way that may have cost money, was cancelled, or no money is left to set aside */
export type AskPrice = (order: Order, signal: AbortSignal) => Promise<Price>;

/** What is known of a gateway's prices; shared by all who ask the same gateway with the same key. */
export interface QuoteMemory {
  /** By request key. */
  quoted: Map<string, { at: number; price: Price }>;
  /** It carried a question out as a paid call. */
  ignoresQuestion: boolean;
}

export const createQuoteMemory = (): QuoteMemory => ({ quoted: new Map(), ignoresQuestion: false });

export interface QuoteDeps extends CarryOutDeps {
  fetchQuote: FetchQuote;
  quoteMemory: QuoteMemory;
  maxPriceUsd: number;
}

/** A price that was quoted a moment ago is not asked for again: a person takes that long to answer. */
const QUOTE_LASTS_MS = 5 * 60_000;

/** A bound for a process that runs for months. */
const MAX_REMEMBERED = 1000;

const SURPRISE =
  "the gateway was asked for the price only and carried the call out; this server will not ask it for prices again";

/**
 * Asks for prices. The documents call that free, but it is a call to the paid address: money is set aside for it as for
 * any other, so that a gateway that takes no notice of the question cannot spend beside the books. Such a gateway is
 * asked once and never again.
 */
export function createAskPrice(deps: QuoteDeps): AskPrice {
  const { quoteMemory: memory } = deps;
  const { quoted } = memory;

  return async (order, signal) => {
    const known = quoted.get(order.requestKey);
    if (known !== undefined && deps.now() - known.at < QUOTE_LASTS_MS) return known.price;
    if (memory.ignoresQuestion)
      return { kind: "none", why: "this gateway carried an earlier question out as a paid call" };
    const price = await ask(order, deps, signal);
    if (price.kind === "bought") memory.ignoresQuestion = true;
    if (price.kind !== "quoted") return price;
    quoted.delete(order.requestKey);
    quoted.set(order.requestKey, { at: deps.now(), price });
    if (quoted.size > MAX_REMEMBERED) quoted.delete(quoted.keys().next().value as string);
    return price;
  };
}

async function ask(order: Order, deps: QuoteDeps, signal: AbortSignal): Promise<Price> {
  const done = await carryOut<Price>(
    order,
    {
      kind: "quote",
      maxMicros: toMicros(deps.maxPriceUsd),
      send: async (terms) => {
        const quote = await deps.fetchQuote(order.request, terms, signal);
        return quote.kind === "bought" ? { fetched: quote.fetched } : { other: quote };
      },
    },
    deps,
  );
  if ("other" in done) return done.other;
  return { kind: "bought", bought: { ...done, how: "bought", notes: [SURPRISE, ...done.notes] } };
}
