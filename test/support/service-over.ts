import { createOrganisation, type Organisation } from "../../src/compose/organisation.ts";
import type { TenantStore } from "../../src/compose/stores.ts";
import { DEFAULT_TENANT } from "../../src/compose/stores.ts";
import type { App } from "../../src/compose/use-cases.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { createLog, type Log } from "../../src/log.ts";
import type { ReplyRoom } from "../../src/spend/reply-room.ts";
import type { Wire } from "../../src/upstream/wire.ts";

export interface ServiceOver extends App {
  store: TenantStore;
  /** The same product as another caller has it. */
  appFor: Organisation["appFor"];
  /** Settles when no purchase is under way. */
  landed(): Promise<void>;
}

export interface Setting {
  /** Settings as the environment names them; nothing is kept on disk unless they say so. */
  env?: Record<string, string>;
  now?: () => number;
  log?: Log;
  replyRoom?: ReplyRoom;
}

const SILENT = createLog({ level: "error", write: () => {}, secrets: [], now: () => 0 });

/** Longer than any test runs. */
const FOR_EVER_MS = 2_000_000_000;

/** The whole product around a wire, without protocol or command line. */
export async function serviceOver(
  wire: Wire,
  { env = {}, now = () => Date.UTC(2026, 10, 24, 9, 30), log = SILENT, replyRoom }: Setting = {},
): Promise<ServiceOver> {
  const { config } = loadConfig({ DOMAIN_PAGES_STORE: "memory", ...env });
  const organisation = createOrganisation({
    config,
    log,
    now,
    openUpstream: async () => upstreamOver(wire),
    ...(replyRoom !== undefined && { replyRoom }),
  });
  const store = (await organisation.stores()).of(DEFAULT_TENANT);
  return {
    ...organisation.appFor(),
    appFor: organisation.appFor,
    store,
    landed: () => organisation.drain(FOR_EVER_MS),
  };
}

const upstreamOver = (wire: Wire) => ({
  wire,
  basePath: "/apis/v1",
  apiKey: "sk-aisa-test",
  isCircuitOpen: () => false,
  close: async () => {},
});
