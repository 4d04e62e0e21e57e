import { type Config, isLive } from "../config/schema.ts";
import type { Log } from "../log.ts";
import type { EstimatePages } from "../pages/estimate/estimate-pages.ts";
import type { GetPages } from "../pages/get-pages.ts";
import type { RequestRules } from "../pages/request/parse-request.ts";
import type { Flights } from "../spend/flights.ts";
import type { Ledger } from "../spend/ledger/ledger.ts";
import { toUsd } from "../spend/micros.ts";
import type { Bought } from "../spend/order.ts";
import type { QuoteMemory } from "../spend/quotes.ts";
import type { Client } from "../upstream/client.ts";
import type { TenantStore } from "./stores.ts";

/** What can be asked of the product. */
export interface Service {
  getPages: GetPages;
  estimatePages: EstimatePages;
}

export interface ServiceParts {
  config: Config;
  client: Client;
  quoteMemory: QuoteMemory;
  store: TenantStore;
  /** Of the same tenant. */
  flights: Flights<Bought>;
  ledger: Ledger;
  /** A sentence for an answer without pages: what the source does know. */
  whenEmpty?: string | undefined;
  log: Log;
  now: () => number;
}

/** The use cases of one caller over what all share: the product without its edges. */
export async function createService(parts: ServiceParts): Promise<Service> {
  const { config, client, quoteMemory, store, flights, ledger, whenEmpty, log, now } = parts;
  const [{ createGetPages }, { createEstimatePages }, spend] = await Promise.all([
    import("../pages/get-pages.ts"),
    import("../pages/estimate/estimate-pages.ts"),
    loadSpend(),
  ]);
  const source = isLive(config) ? "aisa" : "sandbox";
  const { snapshots, withKeyLock } = store;
  const { fetchPages, fetchQuote } = client;
  const onUnsettled = (error: unknown) => log.error("ledger.unsettled", { message: String(error) });
  const books = { source, snapshots, ledger, now, onUnsettled } as const;
  const { maxPriceUsd, askAboveUsd, sendPriceCap: capIsSent } = config;
  const askPrice = spend.createAskPrice({ ...books, fetchQuote, quoteMemory, maxPriceUsd });
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
