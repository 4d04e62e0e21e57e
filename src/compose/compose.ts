import { setTimeout as wait } from "node:timers/promises";
import { type Config, isLive } from "../config/schema.ts";
import type { Log } from "../log.ts";
import type { ReadSnapshots, Snapshot } from "../pages/snapshot/snapshot.ts";
import { createFlights } from "../spend/flights.ts";
import type { Bought } from "../spend/order.ts";
import { createReader, type Reader } from "./reader.ts";
import { createService, type Service } from "./service.ts";
import { createStore } from "./stores.ts";
import { createLiveUpstream, createSandboxUpstream } from "./upstreams.ts";

/** The product, put together: what the protocol and the command line are served from. */
export interface App extends Service, Reader {
  source: "aisa" | "sandbox";
  snapshots: ReadSnapshots;
  /** Keeps a snapshot that was not bought here. Where the store takes none, nothing happens. */
  keepSnapshot(snapshot: Snapshot): Promise<void>;
  /** Waits for purchases under way to come home, at most this long, ms. */
  drain(withinMs: number): Promise<void>;
  /** Ends open connections; calls in flight fail as broken off. */
  close(): Promise<void>;
}

/**
 * Builds every object once and picks live or sandbox. What only a call needs is loaded with the first call, so that
 * a server starts without it.
 */
export function compose(config: Config, log: Log, now: () => number): App {
  const source = isLive(config) ? "aisa" : "sandbox";
  const loadUpstream = once(() => (source === "aisa" ? createLiveUpstream(config, now) : createSandboxUpstream()));
  const loadStore = once(() => createStore(config, log, now));
  const flights = createFlights<Bought>();
  const loadService = once(async () =>
    createService({ config, store: await loadStore(), upstream: await loadUpstream(), flights, log, now }),
  );
  let isUsed = false;
  const service = () => {
    isUsed = true;
    return loadService();
  };
  const snapshots: ReadSnapshots = {
    get: async (id) => (await loadStore()).snapshots.get(id),
    gone: async (id) => (await loadStore()).snapshots.gone(id),
    list: async () => (await loadStore()).snapshots.list(),
  };
  return {
    ...createReader(config, snapshots, now),
    source,
    snapshots,
    getPages: async (...args) => (await service()).getPages(...args),
    estimatePages: async (...args) => (await service()).estimatePages(...args),
    keepSnapshot: async (snapshot) => {
      await (await loadStore()).snapshots.put(snapshot);
    },
    drain: async (withinMs) => {
      const timer = new AbortController();
      await Promise.race([flights.landed(), wait(withinMs, undefined, { signal: timer.signal }).catch(() => {})]);
      timer.abort();
    },
    close: async () => {
      if (isUsed) await (await loadUpstream()).close();
    },
  };
}

/** Loads at the first call and remembers; a load that failed is tried again at the next. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}
