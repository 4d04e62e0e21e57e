import { setTimeout as wait } from "node:timers/promises";
import { type Principal, toRights } from "../access/principal.ts";
import { type Config, isLive } from "../config/schema.ts";
import type { ReadSnapshots } from "../lists/snapshot.ts";
import type { Log } from "../log.ts";
import type { Bought } from "../spend/carry-out.ts";
import { createFlights, type Flights } from "../spend/flights.ts";
import { type Account, type Ledger, toMicros, toUsd } from "../spend/ledger/ledger.ts";
import type { ReplyRoom } from "../spend/reply-room.ts";
import type { MatchPool } from "../threads/match-pool.ts";
import type { ExchangeEvent } from "../upstream/send-call.ts";
import { createStores, DEFAULT_TENANT, type Stores } from "./stores.ts";
import {
  type AroundWire,
  createLiveUpstream,
  createSandboxUpstream,
  createUpstreamClient,
  type Upstream,
} from "./upstreams.ts";
import { type App, createReader, createService, type Service, withinScopes } from "./use-cases.ts";

/** Told what happens, for metrics. Nothing in it may throw. */
export interface Watch {
  exchange?: (event: ExchangeEvent) => void;
  charged?: (charged: Charged) => void;
}

export interface OrganisationDeps {
  config: Config;
  log: Log;
  now: () => number;
  watch?: Watch;
  /** The trace context of the call that is being made. */
  traceparent?: () => string | undefined;
  /** USD that a principal may spend in a day whose token says nothing else; null for no bound but that of all. */
  principalBudgetUsd?: number | null;
  /** Opens what is asked. Left out: the gateway or the sandbox, as the settings say. */
  openUpstream?: (around: AroundWire) => Promise<Upstream>;
  /** For the replies of the gateway, all together. Left out: twice the largest one that is taken in. */
  replyRoom?: ReplyRoom;
}

/** How the parts that a call needs are doing. */
export interface Health {
  store: "ok" | "unreachable";
  circuit: "closed" | "open";
}

/** The product for any number of callers: one upstream, one store, one set of books. */
export interface Organisation {
  source: App["source"];
  /**
   * The product as a caller has it: the snapshots of its tenant, its own budget within that of all, what its scopes
   * allow. Cheap enough for every request.
   * @param principal left out for whoever is not told apart: everything is allowed, only the budget of all bounds it
   */
  appFor(principal?: Principal): App;
  stores(): Promise<Stores>;
  /**
   * USD that may still be spent today; null where nothing bounds it.
   * @param principal left out: by all together
   */
  leftUsd(principal?: Principal): Promise<number | null>;
  health(): Health;
  /** The same, after trying out what replicas share. */
  checkHealth(): Promise<Health>;
  /** Waits for purchases under way to come home and for what the store still owes, at most this long, ms. */
  drain(withinMs: number): Promise<void>;
  /** Ends open connections; calls in flight fail as broken off. */
  close(): Promise<void>;
}

/**
 * Builds every object once and picks live or sandbox. What only a call needs is loaded with the first call, so that
 * a server starts without it.
 */
export function createOrganisation(deps: OrganisationDeps): Organisation {
  const { config, log, now, watch = {}, traceparent, principalBudgetUsd = null } = deps;
  const source = isLive(config) ? "aisa" : "sandbox";
  // What has not been used has no trouble.
  let isStoreReady = () => true;
  let isCircuitOpen = () => false;
  const loadStores = once(async () => {
    const stores = await createStores(config, log, now);
    if (stores.shared !== undefined) isStoreReady = stores.shared.isReady;
    return stores;
  });
  const openUpstream =
    deps.openUpstream ??
    ((around) => (source === "sandbox" ? createSandboxUpstream() : createLiveUpstream(config, around)));
  const loadUpstream = once(async () => {
    const { shared } = await loadStores();
    const upstream = await openUpstream({
      ...(shared !== undefined && { gate: shared.gate }),
      ...(traceparent !== undefined && { traceparent }),
    });
    isCircuitOpen = upstream.isCircuitOpen;
    return upstream;
  });
  const onExchange = (event: ExchangeEvent) => {
    log.info("upstream.answered", { ...event });
    watch.exchange?.(event);
  };
  const loadClient = once(async () => createUpstreamClient(config, await loadUpstream(), onExchange, now));
  const loadQuoteMemory = once(async () => (await import("../spend/approve.ts")).createQuoteMemory());
  const loadMatchPool = once(openMatchPool);
  const loadReplyRoom = once(async () => deps.replyRoom ?? openReplyRoom(config));
  const flights = createFlights<Bought>();

  const loadLedger = async (account?: Account): Promise<Ledger> => {
    const [{ openLedger }, { ledgerLines }] = await Promise.all([import("./books.ts"), loadStores()]);
    const ledger = openLedger(config, ledgerLines, account, now);
    return watch.charged === undefined ? ledger : watchLedger(ledger, watch.charged);
  };

  const loadService = async (tenant: string, account: Account | undefined): Promise<Service> => {
    const [stores, upstream, client, quoteMemory, ledger, replyRoom] = await Promise.all([
      loadStores(),
      loadUpstream(),
      loadClient(),
      loadQuoteMemory(),
      loadLedger(account),
      loadReplyRoom(),
    ]);
    return createService({
      config,
      client,
      quoteMemory,
      store: stores.of(tenant),
      quoteTurns: stores.quoteTurns,
      flights: flightsWithin(flights, tenant),
      ledger,
      replyRoom,
      whenEmpty: upstream.whenEmpty,
      log,
      now,
    });
  };

  const createApp = (principal: Principal | undefined): App => {
    const tenant = principal?.tenant ?? DEFAULT_TENANT;
    const service = once(() => loadService(tenant, toAccount(principal, principalBudgetUsd)));
    const ownSnapshots = async () => (await loadStores()).of(tenant).snapshots;
    const snapshots: ReadSnapshots = {
      get: async (id) => (await ownSnapshots()).get(id),
      gone: async (id) => (await ownSnapshots()).gone(id),
      list: async (...which) => (await ownSnapshots()).list(...which),
    };
    const app: App = {
      ...createReader({
        maxTokens: config.answerTokens,
        snapshots,
        freshHours: config.freshHours,
        now,
        gateway: config.baseUrl,
        matchTexts: async (...args) => (await loadMatchPool()).for(principal?.name ?? "")(...args),
      }),
      source,
      snapshots,
      replies: {
        get: async (id) => (await loadStores()).of(tenant).replies.get(id),
        list: async () => (await loadStores()).of(tenant).replies.list(),
      },
      getPages: async (...args) => (await service()).getPages(...args),
      estimatePages: async (...args) => (await service()).estimatePages(...args),
      keepSnapshot: async (snapshot) => (await ownSnapshots()).put(snapshot),
    };
    return principal === undefined ? app : withinScopes(app, principal.scopes);
  };

  const apps = new Map<string, App>();
  const appFor = (principal?: Principal): App => {
    const key = principal === undefined ? "" : toAppKey(principal);
    const app = apps.get(key) ?? createApp(principal);
    apps.delete(key);
    apps.set(key, app);
    if (apps.size > MAX_APPS) apps.delete(apps.keys().next().value as string);
    return app;
  };

  const health = (): Health => ({
    store: isStoreReady() ? "ok" : "unreachable",
    circuit: isCircuitOpen() ? "open" : "closed",
  });

  return {
    source,
    appFor,
    stores: loadStores,
    leftUsd: async (principal) => {
      const left = await (await loadLedger(toAccount(principal, principalBudgetUsd))).left();
      return left === null ? null : toUsd(left);
    },
    health,
    checkHealth: async () => {
      await (await loadStores.begun())?.shared?.probe();
      return health();
    },
    drain: async (withinMs) => {
      const until = performance.now() + withinMs;
      await within(withinMs, flights.landed());
      await (await loadStores.begun())?.shared?.flush(Math.max(0, until - performance.now()));
    },
    close: async () => {
      (await loadMatchPool.begun())?.close();
      await (await loadUpstream.begun())?.close();
      await (await loadStores.begun())?.shared?.close();
    },
  };
}

/** Callers come and go; for those unused for longest the app is made anew when they come back. */
const MAX_APPS = 1000;

async function within(ms: number, done: Promise<void>): Promise<void> {
  const timer = new AbortController();
  await Promise.race([done, wait(ms, undefined, { signal: timer.signal }).catch(() => {})]);
  timer.abort();
}

/** Loads at the first call and remembers; a load that failed is tried again at the next. */
export interface Once<T> {
  (): Promise<T>;
  /** The load, if there was a call; else undefined. */
  begun(): Promise<T> | undefined;
}

export function once<T>(load: () => Promise<T>): Once<T> {
  let loaded: Promise<T> | undefined;
  const get = () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
  return Object.assign(get, { begun: () => loaded });
}

/** Tenants do not share loads: each buys its own. No tenant's name holds a line break. */
export function flightsWithin<T>(flights: Flights<T>, tenant: string): Flights<T> {
  const keyOf = (key: string) => `${tenant}\n${key}`;
  return {
    has: (key) => flights.has(keyOf(key)),
    join: (key, ...rest) => flights.join(keyOf(key), ...rest),
    landed: flights.landed,
  };
}

async function openReplyRoom({ maxReplyMb, timeoutMs }: Config): Promise<ReplyRoom> {
  const { createReplyRoom } = await import("../spend/reply-room.ts");
  return createReplyRoom({ maxBytes: 2 * maxReplyMb * 1024 * 1024, waitMs: timeoutMs });
}

async function openMatchPool(): Promise<MatchPool> {
  const [{ createMatchPool }, { openMatcher }, { MAX_REGEX_MS }] = await Promise.all([
    import("../threads/match-pool.ts"),
    import("../threads/open-matcher.ts"),
    import("../lists/query/select-rows.ts"),
  ]);
  return createMatchPool({ openMatcher, maxRunMs: MAX_REGEX_MS });
}

/** All that an app depends on: a token whose scopes or budget were changed gets another. */
export const toAppKey = (principal: Principal): string => `${principal.name} ${toRights(principal)}`;

/** @param usualBudgetUsd for principals without a budget of their own; null for none */
export function toAccount(principal: Principal | undefined, usualBudgetUsd: number | null): Account | undefined {
  if (principal === undefined) return undefined;
  const budgetUsd = principal.dailyBudgetUsd ?? usualBudgetUsd;
  return { name: principal.name, dailyBudgetMicros: budgetUsd === null ? null : toMicros(budgetUsd) };
}

/** What a purchase came to, as the books have it. */
export interface Charged {
  usd: number;
  /** Reported by the gateway; or what was set aside, since nobody knows whether or how much was charged. */
  how: "reported" | "unsure";
}

/** Tells of every purchase that cost something, or may have. */
export function watchLedger(ledger: Ledger, onCharged: (charged: Charged) => void): Ledger {
  return {
    ...ledger,
    settle: async (reservation, settlement) => {
      if (settlement.outcome === "charged") onCharged({ usd: toUsd(settlement.micros), how: "reported" });
      else if (settlement.outcome !== "not_charged") onCharged({ usd: toUsd(reservation.micros), how: "unsure" });
      await ledger.settle(reservation, settlement);
    },
  };
}
