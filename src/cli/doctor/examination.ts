import { askForNothing, type ToldPrice } from "../../compose/ask-for-nothing.ts";
import { once } from "../../compose/once.ts";
import { openLedger } from "../../compose/open-ledger.ts";
import { createStores, type Stores } from "../../compose/stores.ts";
import { createLiveUpstream, createSandboxUpstream, toProxySettings, type Upstream } from "../../compose/upstreams.ts";
import { type Config, isLive } from "../../config/schema.ts";
import { createLog } from "../../log.ts";
import type { Ledger } from "../../spend/ledger/ledger.ts";
import { lookAtPath, type PathLook } from "../../upstream/path/look-at-path.ts";
import { type Probe, probeGateway } from "../../upstream/probe.ts";
import type { Io } from "../io.ts";
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

export function beginExamination(settings: DoctorSettings, io: Io, limits: Limits): Examination {
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
  const upstream = once(() => (live ? createLiveUpstream(config, now) : createSandboxUpstream()));
  const path = onlyOnce(() =>
    lookAtPath({
      origin: new URL(config.baseUrl),
      proxy: toProxySettings(config),
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
export const STORE_SETTINGS = ["DOMAIN_PAGES_STORE", "DOMAIN_PAGES_CACHE_DIR", "DOMAIN_PAGES_REDIS_PREFIX"];

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
