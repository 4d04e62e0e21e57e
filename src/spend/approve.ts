import { createHash, randomUUID } from "node:crypto";
import { AppError } from "../errors.ts";
import type { FetchQuote, Quote } from "../lists/fetch-list.ts";
import { formatCount, formatUsd } from "../lists/text.ts";
import {
  type Bought,
  type CarryOutDeps,
  carryOut,
  type HeldTurn,
  limitOf,
  type Order,
  type WithKeyLock,
} from "./carry-out.ts";
import { type Ledger, type Purchase, toDay, toMicros, toUsd } from "./ledger/ledger.ts";

/**
 * A go-ahead with the most that may be spent, and the least that has to be set aside for it; or the answer itself where
 * asking for the price already bought it.
 */
export type Approved = { maxMicros: number; leastMicros?: number } | Bought;

/**
 * Decides whether a purchase may be made, and at most for how much, before any money is set aside for it.
 * @throws {AppError} `budget`: dearer than the cap, nothing would hold it to the cap, or a person has to be asked first
 *   (`facts.ask`)
 */
export type Approve = (order: Order, signal: AbortSignal) => Promise<Approved>;

export interface ApproveDeps {
  askPrice: AskPrice;
  ledger: Pick<Ledger, "days" | "read">;
  now: () => number;
  maxPriceUsd: number;
  /** Above this a person has to say yes; null never asks. */
  askAboveUsd: number | null;
  /** The cap goes with the call, so the gateway itself refuses what is dearer. */
  capIsSent: boolean;
}

export function createApprove(deps: ApproveDeps): Approve {
  const { askPrice, maxPriceUsd, askAboveUsd, capIsSent } = deps;
  const capMicros = toMicros(maxPriceUsd);

  /** @returns the most that may be spent without another word of a person */
  const requireWord = async (order: Order, quotedMicros: number | undefined, aboveUsd: number): Promise<number> => {
    const unasked = Math.max(toMicros(aboveUsd), await agreedMicros(order, deps));
    const wanted = quotedMicros ?? capMicros;
    if (wanted > unasked) throw askFirst(order, quotedMicros, wanted, aboveUsd);
    // A price that rises between quote and call must not pass unasked either.
    return Math.min(capMicros, unasked);
  };

  return async (order, signal) => {
    // Asking costs a round trip; where nobody has to be asked, the cap that goes with the call does as well.
    if (capIsSent && askAboveUsd === null) return { maxMicros: capMicros };
    const price = await askPrice(order, signal);
    if (price.kind === "bought") return price.bought;
    const quotedMicros = price.kind === "quoted" ? toMicros(price.usd) : undefined;
    requireWithinCap(price, capMicros, capIsSent);
    const maxMicros = askAboveUsd === null ? capMicros : await requireWord(order, quotedMicros, askAboveUsd);
    // Without the cap the gateway takes what it quoted, however little of the budget is left.
    return capIsSent || quotedMicros === undefined ? { maxMicros } : { maxMicros, leastMicros: quotedMicros };
  };
}

/** Where the gateway is not told the cap, only a quote that it will keep to holds a call under it. */
function requireWithinCap(price: Exclude<Price, { kind: "bought" }>, capMicros: number, capIsSent: boolean): void {
  if (price.kind === "quoted" && toMicros(price.usd) > capMicros) throw aboveCap(toMicros(price.usd), capMicros);
  if (capIsSent || (price.kind === "quoted" && !price.mayExceed)) return;
  const why =
    price.kind === "quoted"
      ? `the gateway's quote of ${formatUsd(price.usd)} may be exceeded`
      : `there is no quote (${price.why})`;
  const cap = formatUsd(toUsd(capMicros));
  throw new AppError(
    "budget",
    `Nothing would hold this call to the cap of ${cap}: the gateway is not told it (DOMAIN_PAGES_GATEWAY_HABITS), and ${why}.`,
    {
      charge: "not_charged",
      advice: "Take no-cap out of DOMAIN_PAGES_GATEWAY_HABITS, so that the gateway refuses what is dearer.",
    },
  );
}

/** What a person has agreed to, once; a yes to another request counts nothing, and neither does one that was used. */
async function agreedMicros({ consent, requestKey }: Order, { ledger, now }: ApproveDeps): Promise<number> {
  if (consent?.requestKey !== requestKey) return 0;
  const books = await Promise.all((await recentDays(ledger, now())).map((day) => ledger.read(day)));
  const isUsed = books.some(({ purchases }) =>
    purchases.some((purchase) => purchase.consent === consent.id && purchase.state !== "not_charged"),
  );
  return isUsed ? 0 : toMicros(consent.upToUsd);
}

/**
 * The days whose books may hold what was done a while ago: this one, and the one before it that has books, since a question may be
 * put before midnight and answered after it; and those that a clock has left ahead which was wrong, or is now. Today is the last.
 */
async function recentDays(ledger: Pick<Ledger, "days">, now: number): Promise<string[]> {
  const today = toDay(now);
  const days = await ledger.days();
  const past = days.filter((day) => day <= today).slice(0, 2);
  return [...days.filter((day) => day > today), ...past.reverse()];
}

function aboveCap(quotedMicros: number, capMicros: number): AppError {
  const [price, cap] = [toUsd(quotedMicros), toUsd(capMicros)].map(formatUsd);
  return new AppError("budget", `The gateway quotes ${price} for this call, above the cap of ${cap}.`, {
    charge: "not_charged",
    reason: "price_cap",
    advice: "Ask for fewer pages, or have DOMAIN_PAGES_MAX_PRICE_USD raised.",
  });
}

function askFirst(order: Order, quotedMicros: number | undefined, wantedMicros: number, askAboveUsd: number): AppError {
  const { endpoint, request, requestKey } = order;
  const upToUsd = toUsd(wantedMicros);
  const price =
    quotedMicros === undefined
      ? `at a price that the gateway did not quote, at most ${formatUsd(upToUsd)}`
      : `for ${formatUsd(upToUsd)}, as the gateway quotes it`;
  const question = `Buy up to ${formatCount(limitOf(order))} ${endpoint.words.items} of ${request.target} ${price}?`;
  const limit = `${formatUsd(askAboveUsd)} (DOMAIN_PAGES_ASK_ABOVE_USD)`;
  return new AppError("budget", `A person has to agree first, since this may cost more than ${limit}. ${question}`, {
    charge: "not_charged",
    ask: { id: randomUUID(), question, upToUsd, requestKey },
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

/** What this process knows of a gateway's prices; shared by all who ask the same gateway with the same key. */
export interface QuoteMemory {
  /** By request key; `at` by the monotonic clock. */
  quoted: Map<string, { at: number; price: Price }>;
  /** It carried a question out as a paid call, or charged for the answer. */
  ignoresQuestion: boolean;
  /** The books of the days before today have been looked through for that. */
  hasReadBack: boolean;
  /**
   * Aborted when it is known what the gateway makes of a question: it quoted, so that many may ask at once, or it
   * charged, so that nobody does. Whoever waits for a turn to ask waits no longer.
   */
  isKnown: AbortController;
}

export const createQuoteMemory = (): QuoteMemory => ({
  quoted: new Map(),
  ignoresQuestion: false,
  hasReadBack: false,
  isKnown: new AbortController(),
});

export interface QuoteDeps extends CarryOutDeps {
  fetchQuote: FetchQuote;
  quoteMemory: QuoteMemory;
  maxPriceUsd: number;
  /** Turns of all that share the books, whichever tenant they buy for. Left out: questions cost nothing here. */
  quoteTurns?: WithKeyLock;
}

/** A price that was quoted a moment ago is not asked for again: a person takes that long to answer. */
const QUOTE_LASTS_MS = 5 * 60_000;

/** A bound for a process that runs for months. */
const MAX_REMEMBERED = 1000;

/** How many days with books are looked through, the newest first; a gateway may have learnt its manners since. */
const DAYS_BACK = 30;

const SURPRISE =
  "the gateway was asked for the price only and carried the call out; this server will not ask it for prices again";

/**
 * Asks for prices. The documents call that free, but it is a call to the paid address: money is set aside for it as for
 * any other, so that a gateway that takes no notice of the question cannot spend beside the books. Such a gateway is
 * asked once: that it was is in the books, which every process reads. Until this process has seen it quote, one asks
 * at a time, so that several that begin at the same moment do not all pay to learn of it.
 */
export function createAskPrice(deps: QuoteDeps): AskPrice {
  const { quoted } = deps.quoteMemory;

  return async (order, signal) => {
    const known = quoted.get(order.requestKey);
    if (known !== undefined && performance.now() - known.at < QUOTE_LASTS_MS) return known.price;
    const price = await askInTurn(order, deps, signal);
    if (price.kind !== "quoted") return price;
    quoted.delete(order.requestKey);
    quoted.set(order.requestKey, { at: performance.now(), price });
    if (quoted.size > MAX_REMEMBERED) quoted.delete(quoted.keys().next().value as string);
    return price;
  };
}

/**
 * A purchase that asks has the turn of its list already. Nobody who has this turn waits for that of a list, so no two
 * wait for each other.
 */
async function askInTurn(order: Order, deps: QuoteDeps, signal: AbortSignal): Promise<Price> {
  const { quoteTurns, gateway } = deps;
  const isKnown = deps.quoteMemory.isKnown.signal;
  if (quoteTurns === undefined || isKnown.aborted) return askUnlessCharged(order, deps, signal);
  let isMyTurn = false;
  const use = (turn: HeldTurn) => {
    isMyTurn = true;
    return askUnlessCharged({ ...order, turn: bothOf(turn, order.turn) }, deps, signal);
  };
  try {
    return await quoteTurns(toTurnKey(gateway), AbortSignal.any([signal, isKnown]), use);
  } catch (error) {
    if (isMyTurn) throw error;
    if (signal.aborted) {
      throw new AppError("cancelled", "The call was cancelled.", { charge: "not_charged", cause: error });
    }
    if (isKnown.aborted) return askUnlessCharged(order, deps, signal);
    throw error;
  }
}

/** In the form of a request's key, which is what turns are named by. */
const toTurnKey = (gateway: string): string =>
  createHash("sha256").update(`quotes of ${gateway}`).digest("hex").slice(0, 32);

const bothOf = (one: HeldTurn, other?: HeldTurn): HeldTurn => ({
  isMine: async () => (await one.isMine()) && (other === undefined || (await other.isMine())),
});

async function askUnlessCharged(order: Order, deps: QuoteDeps, signal: AbortSignal): Promise<Price> {
  const { quoteMemory: memory } = deps;
  memory.ignoresQuestion ||= await hasPaidForQuestion(deps);
  const price = memory.ignoresQuestion ? WAS_CARRIED_OUT : await ask(order, deps, signal);
  if (price.kind === "bought") memory.ignoresQuestion = true;
  if (price.kind === "quoted" || memory.ignoresQuestion) memory.isKnown.abort();
  return price;
}

const WAS_CARRIED_OUT: Price = { kind: "none", why: "this gateway carried an earlier question out as a paid call" };

/** Whether a question to this gateway ever came out as a charge, as far as the books go back. */
async function hasPaidForQuestion({ ledger, gateway, quoteMemory: memory, now }: QuoteDeps): Promise<boolean> {
  // Today's are read last, so that they are those that are followed on.
  const all = async () => (await ledger.days()).slice(0, DAYS_BACK).reverse();
  for (const day of memory.hasReadBack ? await recentDays(ledger, now()) : await all()) {
    const { purchases } = await ledger.read(day);
    if (purchases.some((each) => each.gateway === gateway && isPaidQuestion(each))) return true;
  }
  memory.hasReadBack = true;
  return false;
}

const isPaidQuestion = ({ kind, state, countedMicros, snapshotId }: Purchase): boolean =>
  kind === "quote" &&
  (snapshotId !== undefined || state === "not_reported" || (state === "charged" && countedMicros > 0));

async function ask(order: Order, deps: QuoteDeps, signal: AbortSignal): Promise<Price> {
  const done = await carryOut<Price>(
    order,
    {
      kind: "quote",
      maxMicros: toMicros(deps.maxPriceUsd),
      signal,
      send: async (terms) => {
        const quote = await deps.fetchQuote(order, terms, signal);
        return quote.kind === "bought" ? { fetched: quote.fetched } : { other: quote };
      },
    },
    deps,
  );
  if ("other" in done) return done.other;
  return { kind: "bought", bought: { ...done, how: "bought", notes: [SURPRISE, ...done.notes] } };
}
