import { AppError } from "../errors.ts";
import { formatCount, formatUsd } from "../lists/text.ts";
import { BODY_DEFAULTS } from "../pages/body.ts";
import type { FetchQuote, Quote } from "../pages/snapshot.ts";
import { type Bought, type CarryOutDeps, carryOut, type Order } from "./carry-out.ts";
import { toMicros, toUsd } from "./ledger/ledger.ts";

/** A go-ahead with the most that may be spent, or the answer itself where asking for the price already bought it. */
export type Approved = { maxMicros: number } | Bought;

/**
 * Decides whether a purchase may be made, and at most for how much, before any money is set aside for it.
 * @throws {AppError} `budget`: dearer than the cap, or a person has to be asked first (`facts.ask`)
 */
export type Approve = (order: Order, signal: AbortSignal) => Promise<Approved>;

export interface ApproveDeps {
  askPrice: AskPrice;
  maxPriceUsd: number;
  /** Above this a person has to say yes; null never asks. */
  askAboveUsd: number | null;
  /** The cap goes with the call, so the gateway itself refuses what is dearer. */
  capIsSent: boolean;
}

export function createApprove({ askPrice, maxPriceUsd, askAboveUsd, capIsSent }: ApproveDeps): Approve {
  const capMicros = toMicros(maxPriceUsd);
  return async (order, signal) => {
    // Asking costs a round trip; where nobody has to be asked, the cap that goes with the call does as well.
    if (capIsSent && askAboveUsd === null) return { maxMicros: capMicros };
    const price = await askPrice(order, signal);
    if (price.kind === "bought") return price.bought;
    const quotedMicros = price.kind === "quoted" ? toMicros(price.usd) : undefined;
    if (quotedMicros !== undefined && quotedMicros > capMicros) throw aboveCap(quotedMicros, capMicros);
    if (askAboveUsd === null) return { maxMicros: capMicros };
    const unasked = Math.max(toMicros(askAboveUsd), agreedMicros(order));
    const wanted = quotedMicros ?? capMicros;
    if (wanted > unasked) throw askFirst(order, quotedMicros, wanted, askAboveUsd);
    // A price that rises between quote and call must not pass unasked either.
    return { maxMicros: Math.min(capMicros, unasked) };
  };
}

/** What a person has agreed to; a yes to another request counts nothing. */
const agreedMicros = ({ consent, requestKey }: Order): number =>
  consent?.requestKey === requestKey ? toMicros(consent.upToUsd) : 0;

function aboveCap(quotedMicros: number, capMicros: number): AppError {
  const [price, cap] = [toUsd(quotedMicros), toUsd(capMicros)].map(formatUsd);
  return new AppError("budget", `The gateway quotes ${price} for this call, above the cap of ${cap}.`, {
    charge: "not_charged",
    reason: "price_cap",
    advice: "Ask for fewer pages, or have DOMAIN_PAGES_MAX_PRICE_USD raised.",
  });
}

function askFirst(
  { request, requestKey }: Order,
  quotedMicros: number | undefined,
  wantedMicros: number,
  askAboveUsd: number,
): AppError {
  const upToUsd = toUsd(wantedMicros);
  const price =
    quotedMicros === undefined
      ? `at a price that the gateway did not quote, at most ${formatUsd(upToUsd)}`
      : `for ${formatUsd(upToUsd)}, as the gateway quotes it`;
  const question = `Buy up to ${formatCount(request.limit ?? BODY_DEFAULTS.limit)} pages of ${request.target} ${price}?`;
  const limit = `${formatUsd(askAboveUsd)} (DOMAIN_PAGES_ASK_ABOVE_USD)`;
  return new AppError("budget", `A person has to agree first, since this may cost more than ${limit}. ${question}`, {
    charge: "not_charged",
    ask: { question, upToUsd, requestKey },
    advice: "Tell the user the price. A smaller limit may need no agreement; whoever runs the server can raise it.",
  });
}

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
