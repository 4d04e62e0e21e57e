import { AppError } from "../errors.ts";
import { BODY_DEFAULTS } from "../pages/request/schema.ts";
import { formatCount, formatUsd } from "../pages/text.ts";
import { toMicros, toUsd } from "./micros.ts";
import type { Bought, Order } from "./order.ts";
import type { AskPrice } from "./quotes.ts";

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
