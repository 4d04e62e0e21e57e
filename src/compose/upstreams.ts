import { secretsOf } from "../config/load-config.ts";
import { type Config, pinnedBodyForm } from "../config/schema.ts";
import type { Client } from "../upstream/client.ts";
import type { ExchangeEvent } from "../upstream/send-call.ts";
import { type Wire, wait } from "../upstream/wire.ts";

/** Bearer for the embedded sandbox, which takes any. */
const SANDBOX_KEY = "sandbox";

/** Who is asked, behind one seam. */
export interface Upstream {
  wire: Wire;
  /** Path of the base URL, without a trailing slash. */
  basePath: string;
  apiKey: string;
  /** Whether calls are held back now, since the last ones failed. */
  isCircuitOpen(): boolean;
  whenEmpty?: string;
  close(): Promise<void>;
}

/** What stands around the wire beside the limits of this process. */
export interface AroundWire {
  /** Limits that several processes hold together. */
  gate?: (wire: Wire, limits: { perMinute: number; atOnce: number }) => Wire;
  /** The trace context of the call that is being made, as W3C writes it. */
  traceparent?: () => string | undefined;
}

const MB = 1024 * 1024;

/** More calls than an agent sends in earnest: behind them something runs in circles. */
const MAX_WAITING = 200;

/** The paid endpoint over the network, at our own pace; also what `doctor` probes. */
export async function createLiveUpstream(
  config: Config,
  { gate = (wire) => wire, traceparent }: AroundWire = {},
): Promise<Upstream> {
  const [{ createLiveWire }, { createBreakerWire, createDiscreetWire, createLimitedWire, createTracedWire }] =
    await Promise.all([import("../upstream/live-wire.ts"), import("../upstream/around-wire.ts")]);
  const { origin, pathname } = new URL(config.baseUrl);
  const live = createLiveWire({
    origin,
    timeoutMs: config.timeoutMs,
    maxReplyBytes: config.maxReplyMb * MB,
    proxy: config,
  });
  const limits = { perMinute: config.callsPerMinute, atOnce: config.callsAtOnce };
  const discreet = createDiscreetWire(live.exchange, config.apiKey ?? "", secretsOf(config));
  const breaker = createBreakerWire(discreet, { now: () => performance.now() });
  const limited = createLimitedWire(gate(breaker.exchange, limits), { ...limits, maxWaiting: MAX_WAITING });
  return {
    wire: traceparent === undefined ? limited : createTracedWire(limited, traceparent),
    basePath: pathname.replace(/\/+$/, ""),
    apiKey: config.apiKey ?? "",
    isCircuitOpen: breaker.isOpen,
    close: live.close,
  };
}

/** The embedded endpoint: free, and never asked over a network. */
export async function createSandboxUpstream(): Promise<Upstream> {
  const [{ createWorld }, { createSandboxWire }] = await Promise.all([
    import("../sandbox/world.ts"),
    import("../sandbox/gateway.ts"),
  ]);
  const world = createWorld();
  return {
    wire: createSandboxWire(world),
    basePath: "/apis/v1",
    apiKey: SANDBOX_KEY,
    isCircuitOpen: () => false,
    whenEmpty: `the sandbox knows only ${world.targets.join(", ")}; for real domains the server needs AISA_API_KEY`,
    close: async () => {},
  };
}

/** The client of an upstream, as the settings want it. It knows nothing of who asks. */
export async function createUpstreamClient(
  config: Config,
  { wire, apiKey, basePath }: Upstream,
  onExchange: (event: ExchangeEvent) => void,
  now: () => number,
): Promise<Client> {
  const { createClient } = await import("../upstream/client.ts");
  const has = (habit: Config["gatewayHabits"][number]) => config.gatewayHabits.includes(habit);
  return createClient({
    wire,
    apiKey,
    basePath,
    bodyForm: pinnedBodyForm(config) ?? "auto",
    timeoutMs: config.timeoutMs,
    send: { priceCap: !has("no-cap"), idempotencyKey: !has("no-key"), quote: !has("no-quotes") },
    retry: { withinMs: config.retryMs, random: Math.random, wait },
    onExchange,
    now,
  });
}
