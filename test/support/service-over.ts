import { createReader, type Reader } from "../../src/compose/reader.ts";
import { createService, type Service } from "../../src/compose/service.ts";
import { createStore, type Store } from "../../src/compose/stores.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { createLog, type Log } from "../../src/log.ts";
import { createFlights } from "../../src/spend/flights.ts";
import type { Wire } from "../../src/upstream/wire.ts";

export interface ServiceOver extends Service, Reader {
  store: Store;
  /** Settles when no purchase is under way. */
  landed(): Promise<void>;
}

export interface Setting {
  /** Settings as the environment names them; nothing is kept on disk unless they say so. */
  env?: Record<string, string>;
  now?: () => number;
  log?: Log;
}

const SILENT = createLog({ level: "error", write: () => {}, secrets: [], now: () => 0 });

/** The whole product around a wire, without protocol or command line. */
export async function serviceOver(
  wire: Wire,
  { env = {}, now = () => Date.UTC(2026, 10, 24, 9, 30), log = SILENT }: Setting = {},
): Promise<ServiceOver> {
  const { config } = loadConfig({ DOMAIN_PAGES_STORE: "memory", ...env });
  const store = await createStore(config, log, now);
  const flights = createFlights<never>();
  const upstream = { wire, basePath: "/apis/v1", apiKey: "sk-aisa-test", close: async () => {} };
  const service = await createService({ config, store, upstream, flights, log, now });
  return { ...service, ...createReader(config, store.snapshots, now), store, landed: flights.landed };
}
