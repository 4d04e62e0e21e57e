import type { Config } from "../config/schema.ts";
import type { Wire } from "../upstream/wire.ts";

/** Bearer for the embedded sandbox, which takes any. */
const SANDBOX_KEY = "sandbox";

/** Who is asked, behind one seam. */
export interface Upstream {
  wire: Wire;
  /** Path of the base URL, without a trailing slash. */
  basePath: string;
  apiKey: string;
  whenEmpty?: string;
  close(): Promise<void>;
}

const MB = 1024 * 1024;

/** More calls than an agent sends in earnest: behind them something runs in circles. */
const MAX_WAITING = 200;

/** The paid endpoint over undici, at our own pace; also what `doctor` probes. */
export async function createLiveUpstream(config: Config, now: () => number): Promise<Upstream> {
  const [{ createLiveWire }, { createBreakerWire }, { createLimitedWire }] = await Promise.all([
    import("../upstream/live-wire.ts"),
    import("../upstream/breaker-wire.ts"),
    import("../upstream/limited-wire.ts"),
  ]);
  const { origin, protocol, pathname } = new URL(config.baseUrl);
  const live = createLiveWire({
    origin,
    timeoutMs: config.timeoutMs,
    maxReplyBytes: config.maxReplyMb * MB,
    // undici would send https through the http proxy when that is the only one; curl and others do not.
    proxy: {
      httpProxy: protocol === "http:" ? config.httpProxy : "",
      httpsProxy: config.httpsProxy,
      noProxy: config.noProxy,
    },
  });
  const { callsPerMinute: perMinute, callsAtOnce: atOnce } = config;
  return {
    wire: createLimitedWire(createBreakerWire(live.exchange, { now }), { perMinute, atOnce, maxWaiting: MAX_WAITING }),
    basePath: pathname.replace(/\/+$/, ""),
    apiKey: config.apiKey ?? "",
    close: live.close,
  };
}

/** The embedded endpoint: free, and never asked over a network. */
export async function createSandboxUpstream(): Promise<Upstream> {
  const [{ createWorld }, { createSandboxWire }] = await Promise.all([
    import("../sandbox/world.ts"),
    import("../sandbox/sandbox-wire.ts"),
  ]);
  const world = createWorld();
  return {
    wire: createSandboxWire(world),
    basePath: "/apis/v1",
    apiKey: SANDBOX_KEY,
    whenEmpty: `the sandbox knows only ${world.targets.join(", ")}; for real domains the server needs AISA_API_KEY`,
    close: async () => {},
  };
}
