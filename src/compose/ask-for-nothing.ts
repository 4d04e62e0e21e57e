import { type Config, isLive } from "../config/schema.ts";
import type { Log } from "../log.ts";
import type { PurchaseTerms } from "../pages/endpoint.ts";
import { toRequestKey } from "../pages/request/request-key.ts";
import type { Ledger } from "../spend/ledger/ledger.ts";
import type { Price } from "../spend/quotes.ts";
import type { BodyForm } from "../upstream/send-call.ts";
import { DEFAULT_TENANT, type Stores } from "./stores.ts";
import { createUpstreamClient, type Upstream } from "./upstreams.ts";

export interface AskForNothingDeps {
  config: Config;
  upstream: Upstream;
  stores: Stores;
  ledger: Ledger;
  log: Log;
  now: () => number;
}

export interface ToldPrice {
  price: Price;
  /** Of the last question that was sent; undefined where none was. */
  form: BodyForm | undefined;
}

/** The smallest request there is, for a domain that everybody knows. */
export const TINY_REQUEST = { target: "example.com", limit: 1 } as const;

/** What the gateway may charge for being asked. */
const NOTHING: Pick<PurchaseTerms, "maxPriceUsd"> = { maxPriceUsd: 0 };

/**
 * Asks the gateway for the price of a tiny request, the way that purchases ask: money is set aside, the question sent,
 * the books closed. Beyond that it allows the call to cost nothing, so that a gateway that takes the question for an
 * order has to refuse it.
 * @throws {AppError} as `AskPrice` does; what it says about the charge is in the books
 */
export async function askForNothing(deps: AskForNothingDeps, signal: AbortSignal): Promise<ToldPrice> {
  const { config, upstream, stores, ledger, log, now } = deps;
  const { createAskPrice, createQuoteMemory } = await import("../spend/quotes.ts");
  let form: BodyForm | undefined;
  const client = await createUpstreamClient(
    // What holds the gateway back is not to be switched off here.
    { ...config, sendPriceCap: true },
    upstream,
    (event) => {
      form = event.form;
    },
    now,
  );
  const askPrice = createAskPrice({
    fetchQuote: (request, terms, until) => client.fetchQuote(request, { ...terms, ...NOTHING }, until),
    quoteMemory: createQuoteMemory(),
    maxPriceUsd: config.maxPriceUsd,
    source: isLive(config) ? "aisa" : "sandbox",
    snapshots: stores.of(DEFAULT_TENANT).snapshots,
    ledger,
    now,
    onUnsettled: (error) => log.error("ledger.unsettled", { message: String(error) }),
  });
  const order = { request: TINY_REQUEST, requestKey: toRequestKey(TINY_REQUEST, config.baseUrl), notBefore: 0 };
  const price = await askPrice(order, signal);
  return { price, form };
}
