import { openLedger } from "../../compose/books.ts";
import { once } from "../../compose/organisation.ts";
import { createStores, DEFAULT_TENANT, type Stores } from "../../compose/stores.ts";
import {
  createLiveUpstream,
  createSandboxUpstream,
  createUpstreamClient,
  type Upstream,
} from "../../compose/upstreams.ts";
import { FOLDER_VARIABLES } from "../../config/load-config.ts";
import { type Config, isLive } from "../../config/schema.ts";
import type { PurchaseTerms } from "../../lists/fetch-list.ts";
import { toRequestKey } from "../../lists/request.ts";
import { createLog, type Log } from "../../log.ts";
import { DOMAIN_PAGES } from "../../pages/domain-pages.ts";
import type { Price } from "../../spend/approve.ts";
import type { Ledger } from "../../spend/ledger/ledger.ts";
import { lookAtPath, type PathLook } from "../../upstream/path/look-at-path.ts";
import { type Probe, probeGateway } from "../../upstream/probe.ts";
import type { BodyForm } from "../../upstream/send-call.ts";
import type { EXIT_CODES, Io } from "../args.ts";
import type { DoctorSettings } from "./read-settings.ts";

/** How long things may take, ms. */
export interface Limits {
  /** All of it. */
  totalMs: number;
  /** One connection, and again its TLS. */
  connectMs: number;
  /** One call. */
  callMs: number;
}

/** What the gateway said to the free question, and when. */
export interface Probed {
  probe: Probe;
  askedAt: number;
  answeredAt: number;
}

/** What checks share. Whatever takes a while is done once, by the first check that asks. */
export interface Examination {
  settings: DoctorSettings;
  config: Config;
  isLive: boolean;
  env: Io["env"];
  /** By flag name, without the dashes. */
  flags: Readonly<Record<string, string>>;
  now: () => number;
  nodeVersion: string;
  /** Aborted when somebody stops it, or the time is up. */
  signal: AbortSignal;
  limits: Limits;
  /** @returns why something that rests on these settings cannot be looked at; undefined where it can */
  findLeftOut(...variables: readonly string[]): string | undefined;
  /** Where snapshots and books are kept, as calls have it. */
  stores(): Promise<Stores>;
  ledger(): Promise<Ledger>;
  /** Of the gateway where there is a key, else the sandbox. */
  upstream(): Promise<Upstream>;
  path(): Promise<PathLook>;
  /** With the key: only where the path is open. */
  probe(): Promise<Probed>;
  /** The price of a tiny request, asked so that it cannot cost anything. */
  price(): Promise<ToldPrice>;
  close(): Promise<void>;
}

export function beginExamination(
  settings: DoctorSettings,
  flags: Examination["flags"],
  io: Io,
  limits: Limits,
): Examination {
  const { env, now, nodeVersion } = io;
  const live = isLive(settings.config);
  // One try, and not for long: what fails now is what is to be told.
  const config: Config = {
    ...settings.config,
    retryMs: 0,
    timeoutMs: Math.min(settings.config.timeoutMs, limits.callMs),
  };
  const signal = AbortSignal.any([io.stopped, AbortSignal.timeout(limits.totalMs)]);
  // What the rooms would log is found and told by the checks.
  const log = createLog({ level: "silent", secrets: settings.secrets, now, write: () => {} });
  const stores = once(() => createStores(config, log, now));
  const ledger = once(async () => openLedger(config, (await stores()).ledgerLines, undefined, now));
  const upstream = once(() => (live ? createLiveUpstream(config) : createSandboxUpstream()));
  const path = onlyOnce(() =>
    lookAtPath({
      origin: new URL(config.baseUrl),
      proxy: config,
      timeoutMs: limits.connectMs,
      signal,
    }),
  );
  const probe = onlyOnce(async () => {
    const { wire, apiKey } = await upstream();
    const askedAt = now();
    const probed = await probeGateway(wire, apiKey, signal);
    signal.throwIfAborted();
    return { probe: probed, askedAt, answeredAt: now() };
  });
  const price = onlyOnce(async () =>
    askForNothing(
      { config, upstream: await upstream(), stores: await stores(), ledger: await ledger(), log, now },
      signal,
    ),
  );
  return {
    settings,
    config: settings.config,
    isLive: live,
    env,
    flags,
    now,
    nodeVersion,
    signal,
    limits,
    findLeftOut: (...variables) => {
      const bad = variables.find((name) => settings.leftOut.has(name));
      return bad === undefined ? undefined : `${bad} cannot be used, see above`;
    },
    stores,
    ledger,
    upstream,
    path,
    probe,
    price,
    close: async () => {
      await (await upstream.begun())?.close();
      await (await stores.begun())?.shared?.close();
    },
  };
}

/** What the way to the gateway rests on. */
export const PATH_SETTINGS = ["AISA_BASE_URL", "https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"];

/** What keeping things rests on. */
export const STORE_SETTINGS = [
  "DOMAIN_PAGES_STORE",
  "DOMAIN_PAGES_CACHE_DIR",
  "DOMAIN_PAGES_REDIS_PREFIX",
  "HOME",
  ...FOLDER_VARIABLES,
];

/** What failed stays failed: above all, no question is sent twice. */
function onlyOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}

/** Whether the key may be sent: somebody is there, and is who it should be. */
export const isOpen = ({ failure, tlsFailure, certificate }: PathLook): boolean =>
  failure === undefined && tlsFailure === undefined && certificate?.problem === undefined;

/** One thing that is looked at. Each stands for itself: what another one found is asked of the examination. */
export interface Check {
  /** The word in front of its lines. */
  name: string;
  /** What it looks at, for the table of the documents. */
  says: string;
  /**
   * `here` takes no network, `service` neither, where something says that `http` is used; `gateway` is for who means to use
   * a key, `sandbox` for all others.
   */
  where: "here" | "service" | "gateway" | "sandbox";
  /** Throws nothing that it can say itself; `AppError`s are told in their own words. */
  look: (examination: Examination) => Promise<Finding[]>;
}

/** One line of the report: how things stand, and where they do not stand well, what to do. */
export type Finding =
  | { verdict: "ok" | "skip"; says: string }
  | { verdict: "note"; says: string; todo?: string }
  | { verdict: "FAIL"; says: string; todo: string; exit: Exclude<keyof typeof EXIT_CODES, "ok"> };

export type Verdict = Finding["verdict"];

export const ok = (says: string): Finding => ({ verdict: "ok", says });

/** Not looked at; `says` tells why. */
export const skip = (says: string): Finding => ({ verdict: "skip", says });

/** Nothing stands in the way, but it is worth knowing. */
export const note = (says: string, todo?: string): Finding => ({
  verdict: "note",
  says,
  ...(todo !== undefined && { todo }),
});

/** It stands in the way; `exit` is how a call would end for it. */
export const fail = (exit: Extract<Finding, { verdict: "FAIL" }>["exit"], says: string, todo: string): Finding => ({
  verdict: "FAIL",
  says,
  todo,
  exit,
});

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: "no address is known for that name",
  EAI_AGAIN: "the name server does not answer",
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut",
  EHOSTUNREACH: "there is no way to that host",
  ENETUNREACH: "there is no way to that network",
  ETIMEDOUT: "no answer came in time",
  timeout: "no answer came in time",
};

/** A network failure in words, with what the system calls it. */
export function wordNetworkCode(code: string): string {
  const words = WORDS[code];
  if (words === undefined) return code === "" ? "the connection failed" : code;
  return code === "timeout" ? words : `${words} (${code})`;
}

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
  const { createAskPrice, createQuoteMemory } = await import("../../spend/approve.ts");
  let form: BodyForm | undefined;
  const client = await createUpstreamClient(
    // What holds the gateway back is not to be switched off here.
    { ...config, gatewayHabits: config.gatewayHabits.filter((habit) => habit !== "no-cap") },
    upstream,
    (event) => {
      form = event.form;
    },
    now,
  );
  const askPrice = createAskPrice({
    fetchQuote: (asked, terms, until) => client.fetchQuote(asked, { ...terms, ...NOTHING }, until),
    quoteMemory: createQuoteMemory(),
    maxPriceUsd: config.maxPriceUsd,
    source: isLive(config) ? "aisa" : "sandbox",
    gateway: config.baseUrl,
    snapshots: stores.of(DEFAULT_TENANT).snapshots,
    ledger,
    now,
    onUnsettled: (error) => log.error("ledger.unsettled", { message: String(error) }),
  });
  const asked = { endpoint: DOMAIN_PAGES, request: TINY_REQUEST };
  const order = { ...asked, requestKey: toRequestKey(DOMAIN_PAGES, TINY_REQUEST, config.baseUrl), maxAgeMs: 0 };
  const price = await askPrice(order, signal);
  return { price, form };
}
