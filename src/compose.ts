import { type Config, isLive } from "./config.ts";
import type { Log } from "./log.ts";
import type { GetPages } from "./pages/get-pages.ts";
import { createMemoryStore, type SnapshotStore } from "./store/memory-store.ts";
import type { Wire } from "./upstream/wire.ts";

/** The product, put together: what the protocol and the command line are served from. */
export interface App {
  source: "aisa" | "sandbox";
  getPages: GetPages;
  snapshots: SnapshotStore;
  /** Ends open connections; calls in flight fail as broken off. */
  close(): Promise<void>;
}

/** Bearer for the embedded sandbox, which takes any. */
const SANDBOX_KEY = "sandbox";

interface Upstream {
  wire: Wire;
  /** Path of the base URL, without a trailing slash. */
  basePath: string;
  apiKey: string;
  whenEmpty?: string;
  close(): Promise<void>;
}

/**
 * Builds every object once and picks live or sandbox. What only a call needs is loaded with the first call, so that
 * a server starts without it.
 */
export function compose(config: Config, log: Log, now: () => number): App {
  const source = isLive(config) ? "aisa" : "sandbox";
  const snapshots = createMemoryStore();
  let upstream: Promise<Upstream> | undefined;
  const loadUpstream = () => {
    upstream ??= source === "aisa" ? createLiveUpstream(config) : createSandboxUpstream();
    return upstream;
  };
  let getPages: Promise<GetPages> | undefined;
  const load = async (): Promise<GetPages> => {
    const [{ createFetchPages }, { createGetPages }, { whenEmpty, wire, basePath, apiKey }] = await Promise.all([
      import("./upstream/client.ts"),
      import("./pages/get-pages.ts"),
      loadUpstream(),
    ]);
    const fetchPages = createFetchPages({
      wire,
      apiKey,
      basePath,
      bodyForm: config.bodyForm,
      timeoutMs: config.timeoutMs,
      onExchange: (event) => log.info("upstream.answered", { ...event }),
      now,
    });
    return createGetPages({
      source,
      fetchPages,
      snapshots,
      now,
      rules: { allowUnknownFields: config.unknownFields === "allow", mapBareNames: true },
      maxTokens: config.answerTokens,
      ...(whenEmpty !== undefined && { whenEmpty }),
    });
  };
  return {
    source,
    snapshots,
    getPages: async (...args) => {
      getPages ??= load();
      return (await getPages)(...args);
    },
    close: async () => (await upstream)?.close(),
  };
}

/** The paid endpoint over undici; also what `doctor` probes. */
export async function createLiveUpstream(config: Config): Promise<Upstream> {
  const { createLiveWire } = await import("./upstream/live-wire.ts");
  const { origin, protocol, pathname } = new URL(config.baseUrl);
  const live = createLiveWire({
    origin,
    timeoutMs: config.timeoutMs,
    maxReplyBytes: config.maxReplyMb * 1024 * 1024,
    // undici would send https through the http proxy when that is the only one; curl and others do not.
    proxy: {
      httpProxy: protocol === "http:" ? config.httpProxy : "",
      httpsProxy: config.httpsProxy,
      noProxy: config.noProxy,
    },
  });
  return {
    wire: live.exchange,
    basePath: pathname.replace(/\/+$/, ""),
    apiKey: config.apiKey ?? "",
    close: live.close,
  };
}

async function createSandboxUpstream(): Promise<Upstream> {
  const [{ createWorld }, { createSandboxWire }] = await Promise.all([
    import("./sandbox/world.ts"),
    import("./sandbox/sandbox-wire.ts"),
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
