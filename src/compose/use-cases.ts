import type { Scope } from "../access/principal.ts";
import { type Config, isLive } from "../config/schema.ts";
import { AppError } from "../errors.ts";
import type { EstimateList } from "../lists/estimate/estimate-list.ts";
import type { MatchTexts } from "../lists/filters/match-texts.ts";
import type { FindSnapshot } from "../lists/find-snapshot.ts";
import type { KeptReplies } from "../lists/kept-reply.ts";
import type { RequestRules } from "../lists/parse-request.ts";
import type { ReadSnapshots, Snapshot } from "../lists/snapshot.ts";
import type { Log } from "../log.ts";
import type { ComparePages } from "../pages/compare/compare-pages.ts";
import type { PagesSnapshot } from "../pages/domain-pages.ts";
import type { GetPages } from "../pages/get-pages.ts";
import type { QueryPages } from "../pages/query/query-pages.ts";
import type { QuoteMemory } from "../spend/approve.ts";
import type { Bought, WithKeyLock } from "../spend/carry-out.ts";
import type { Flights } from "../spend/flights.ts";
import { type Ledger, toUsd } from "../spend/ledger/ledger.ts";
import type { ReplyRoom } from "../spend/reply-room.ts";
import type { Kept } from "../store/snapshot-store.ts";
import type { Client } from "../upstream/client.ts";
import type { TenantStore } from "./stores.ts";

/** What can be asked of the product. */
export interface Service {
  getPages: GetPages;
  estimatePages: EstimateList;
}

export interface ServiceParts {
  config: Config;
  client: Client;
  quoteMemory: QuoteMemory;
  store: TenantStore;
  /** Of all tenants: the gateway is asked for its first price by one of them. */
  quoteTurns: WithKeyLock;
  /** Of the tenant. */
  flights: Flights<Bought>;
  ledger: Ledger;
  replyRoom: ReplyRoom;
  /** A sentence for an answer without pages: what the source does know. */
  whenEmpty?: string | undefined;
  log: Log;
  now: () => number;
}

/** The use cases of one caller over what all share: the product without its edges. */
export async function createService(parts: ServiceParts): Promise<Service> {
  const { config, client, quoteMemory, store, quoteTurns, flights, ledger, replyRoom, whenEmpty, log, now } = parts;
  const [{ createGetPages, createEstimatePages }, spend] = await Promise.all([
    import("../pages/get-pages.ts"),
    loadSpend(),
  ]);
  const source = isLive(config) ? "aisa" : "sandbox";
  const { snapshots, replies, withKeyLock } = store;
  const { fetchList, fetchQuote } = client;
  const onUnsettled = (error: unknown) => log.error("ledger.unsettled", { message: String(error) });
  const upstream = source === "aisa" ? config.baseUrl : source;
  // Whoever keeps nothing by choice has lost nothing.
  const kept = config.store === "none" ? { snapshots } : { snapshots, replies };
  const books = { source, ...kept, replyRoom, gateway: upstream, ledger, now, onUnsettled } as const;
  const { maxPriceUsd, askAboveUsd } = config;
  // In the sandbox nothing costs anything, so nothing has to be held to a cap.
  const capIsSent = !config.gatewayHabits.includes("no-cap") || source === "sandbox";
  const askPrice = spend.createAskPrice({
    ...books,
    fetchQuote,
    quoteMemory,
    maxPriceUsd,
    ...(source === "aisa" && !config.gatewayHabits.includes("no-quotes") && { quoteTurns }),
  });
  const approve = spend.createApprove({ askPrice, ledger, now, maxPriceUsd, askAboveUsd, capIsSent });
  const leftUsd = async () => toUsdOrNull(await ledger.left());
  const freshMs = config.freshHours * HOUR_MS;
  const common = {
    upstream,
    rules: { allowUnknownFields: config.unknownFields === "allow", mapBareNames: true } satisfies RequestRules,
    maxTokens: config.answerTokens,
    now,
  };
  return {
    getPages: createGetPages({
      ...common,
      freshMs,
      snapshots,
      buyList: spend.createBuyList({
        ...books,
        upstream: common.upstream,
        fetchList,
        approve,
        withKeyLock,
        flights,
      }),
      leftUsd,
      ...(whenEmpty !== undefined && { whenEmpty }),
    }),
    estimatePages: createEstimatePages({
      ...common,
      source,
      snapshots,
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
  const [{ createAskPrice }, { createApprove }, { createBuyList }] = await Promise.all([
    import("../spend/approve.ts"),
    import("../spend/approve.ts"),
    import("../spend/buy-list.ts"),
  ]);
  return { createAskPrice, createApprove, createBuyList };
}

/** What is free: questions to what is kept. No upstream is in it. */
export interface Reader {
  /** Of whichever endpoint it is. */
  findSnapshot: FindSnapshot;
  queryPages: QueryPages;
  comparePages: ComparePages;
}

export interface ReaderParts {
  maxTokens: number;
  snapshots: ReadSnapshots;
  /** How long a snapshot is fresh, hours. */
  freshHours: number;
  now: () => number;
  /** Whom snapshots of the source `aisa` are bought of: its address. */
  gateway: string;
  /** For the caller whose reader it is. */
  matchTexts: MatchTexts;
}

/** Each part is loaded when it is first asked for. */
export function createReader({ maxTokens, snapshots, freshHours, now, gateway, matchTexts }: ReaderParts): Reader {
  const find = async () => {
    const { createFindSnapshot } = await import("../lists/find-snapshot.ts");
    return { createFindSnapshot, kept: { snapshots, freshMs: freshHours * HOUR_MS, now, gateway } };
  };
  const findPages: FindSnapshot<PagesSnapshot> = async (...args) => {
    const [{ createFindSnapshot, kept }, { OF_PAGES }] = await Promise.all([
      find(),
      import("../pages/domain-pages.ts"),
    ]);
    return createFindSnapshot({ ...OF_PAGES, ...kept })(...args);
  };
  return {
    findSnapshot: async (...args) => {
      const [{ createFindSnapshot, kept }, { ENDPOINTS }] = await Promise.all([find(), import("../endpoints.ts")]);
      return createFindSnapshot({ endpoints: ENDPOINTS, as: (snapshot) => snapshot, ...kept })(...args);
    },
    queryPages: async (...args) => {
      const { createQueryPages } = await import("../pages/query/query-pages.ts");
      return createQueryPages({ findSnapshot: findPages, maxTokens, matchTexts })(...args);
    },
    comparePages: async (...args) => {
      const { createComparePages } = await import("../pages/compare/compare-pages.ts");
      return createComparePages({ findSnapshot: findPages, maxTokens })(...args);
    },
  };
}

/** The product as one caller has it: what the protocol and the command line are served from. */
export interface App extends Service, Reader {
  source: "aisa" | "sandbox";
  snapshots: ReadSnapshots;
  /** Paid replies that could not be read, as they came. */
  replies: Pick<KeptReplies, "get" | "list">;
  /** Keeps a snapshot that was not bought here; tells where it is now. */
  keepSnapshot(snapshot: Snapshot): Promise<Kept>;
}

/**
 * Takes away what a caller's scopes do not allow. The protocol's edge refuses such calls before they come here, with a
 * challenge that clients understand; this is the wall behind it.
 */
export function withinScopes(app: App, scopes: ReadonlySet<Scope>): App {
  const buying = scopes.has("pages:read")
    ? {}
    : { getPages: refuse("pages:read"), estimatePages: refuse("pages:read") };
  if (scopes.has("snapshots:read")) return { ...app, ...buying };
  const closed = refuse("snapshots:read");
  return {
    ...app,
    ...buying,
    findSnapshot: closed,
    queryPages: closed,
    comparePages: closed,
    // Empty rather than refused: lists of resources belong to every session.
    snapshots: { get: closed, gone: closed, list: async () => [] },
    replies: { get: closed, list: async () => [] },
  };
}

const refuse = (scope: Scope) => async (): Promise<never> => {
  throw new AppError("rejected", `This needs the scope ${scope}, which your token does not have.`, {
    charge: "not_charged",
    advice: "Ask whoever runs the server for a token with that scope.",
  });
};
