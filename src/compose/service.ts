import { type Config, isLive } from "../config/schema.ts";
import type { Log } from "../log.ts";
import type { EstimatePages } from "../pages/estimate/estimate-pages.ts";
import type { GetPages } from "../pages/get-pages.ts";
import type { RequestRules } from "../pages/request/parse-request.ts";
import type { Flights } from "../spend/flights.ts";
import { toUsd } from "../spend/micros.ts";
import type { Bought } from "../spend/order.ts";
import { wait } from "../upstream/wait.ts";
import { createLedger, type Store } from "./stores.ts";
import type { Upstream } from "./upstreams.ts";

/** What can be asked of the product. */
export interface Service {
  getPages: GetPages;
  estimatePages: EstimatePages;
}

export interface ServiceParts {
  config: Config;
  store: Store;
  upstream: Upstream;
  flights: Flights<Bought>;
  log: Log;
  now: () => number;
}

/** The use cases over a wire, a store and the books: the product without its edges. */
export async function createService({ config, store, upstream, flights, log, now }: ServiceParts): Promise<Service> {
  const [{ createClient }, { createGetPages }, { createEstimatePages }, spend] = await Promise.all([
    import("../upstream/client.ts"),
    import("../pages/get-pages.ts"),
    import("../pages/estimate/estimate-pages.ts"),
    loadSpend(),
  ]);
  const source = isLive(config) ? "aisa" : "sandbox";
  const { snapshots, withKeyLock, ledgerFolder } = store;
  const { whenEmpty } = upstream;
  const ledger = await createLedger(config, ledgerFolder, now);
  const { fetchPages, fetchQuote } = createClient({
    wire: upstream.wire,
    apiKey: upstream.apiKey,
    basePath: upstream.basePath,
    bodyForm: config.bodyForm,
    timeoutMs: config.timeoutMs,
    send: { priceCap: config.sendPriceCap, idempotencyKey: config.sendIdempotencyKey, quote: config.quotes },
    retry: { withinMs: config.retryMs, random: Math.random, wait },
    onExchange: (event) => log.info("upstream.answered", { ...event }),
    now,
  });
  const onUnsettled = (error: unknown) => log.error("ledger.unsettled", { message: String(error) });
  const books = { source, snapshots, ledger, now, onUnsettled } as const;
  const { maxPriceUsd, askAboveUsd, sendPriceCap: capIsSent } = config;
  const askPrice = spend.createAskPrice({ ...books, fetchQuote, maxPriceUsd });
  const approve = spend.createApprove({ askPrice, maxPriceUsd, askAboveUsd, capIsSent });
  const leftUsd = async () => toUsdOrNull(await ledger.left());
  const freshMs = config.freshHours * HOUR_MS;
  const common = {
    upstream: source === "aisa" ? config.baseUrl : source,
    rules: { allowUnknownFields: config.unknownFields === "allow", mapBareNames: true } satisfies RequestRules,
    maxTokens: config.answerTokens,
    now,
  };
  return {
    getPages: createGetPages({
      ...common,
      freshMs,
      buyPages: spend.createBuyPages({ ...books, fetchPages, approve, withKeyLock, flights }),
      leftUsd,
      ...(whenEmpty !== undefined && { whenEmpty }),
    }),
    estimatePages: createEstimatePages({
      ...common,
      source,
      findKept: snapshots.newest,
      askPrice,
      limits: async () => ({
        leftUsd: await leftUsd(),
        dailyUsd: toUsdOrNull(ledger.dailyBudgetMicros),
        perCallUsd: maxPriceUsd,
        askAboveUsd,
        freshMs,
      }),
    }),
  };
}

const HOUR_MS = 3_600_000;

const toUsdOrNull = (micros: number | null): number | null => (micros === null ? null : toUsd(micros));

async function loadSpend() {
  const [{ createAskPrice }, { createApprove }, { createBuyPages }] = await Promise.all([
    import("../spend/quotes.ts"),
    import("../spend/approve.ts"),
    import("../spend/buy-pages.ts"),
  ]);
  return { createAskPrice, createApprove, createBuyPages };
}
