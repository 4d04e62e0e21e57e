import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { Redis, type RedisOptions } from "ioredis";
import { AppError } from "../errors.ts";
import { readUrl } from "../read-url.ts";
import {
  type FailureFacts,
  isConnectionLoss,
  isRefusal,
  NotConnected,
  type OnRedisProblem,
  toFailureCode,
  toUnavailable,
} from "./failures.ts";

/** Who and where, as ioredis takes it. */
type Address = Pick<RedisOptions, "host" | "port" | "username" | "password" | "db" | "tls">;

const DEFAULT_PORT = 6379;

/**
 * Reads `redis://user:password@host:6379/0`; `rediss://` for TLS. Certificates are checked against what Node trusts; a
 * CA of one's own comes in through NODE_EXTRA_CA_CERTS. A query is passed over: it could switch off what we rely on.
 * @throws {AppError} `config` for an address that cannot be meant; its text stays out of the message
 */
export function parseAddress(url: string): Address {
  const { protocol, hostname, port, username, password, pathname } = parse(url);
  const db = pathname.replace(/^\//, "");
  if (!/^\d{0,4}$/.test(db)) throw refuse("the part behind the host must be the number of a database");
  const host = hostname.replace(/^\[|\]$/g, "");
  return {
    host,
    port: port === "" ? DEFAULT_PORT : Number(port),
    db: Number(db),
    ...(username !== "" && { username: decode(username) }),
    ...(password !== "" && { password: decode(password) }),
    // Without a name, a server behind a shared address cannot tell which one is meant; an IP address is no name.
    ...(protocol === "rediss:" && { tls: isIP(host) === 0 ? { servername: host } : {} }),
  };
}

function parse(url: string): URL {
  const read = /^rediss?:\/\/[^/]/.test(url) ? readUrl(url) : undefined;
  if (read === undefined) throw refuse("redis:// or rediss://, then a host");
  return read;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse("a % in the name or password must be written as %25");
  }
}

function refuse(rule: string): AppError {
  return new AppError("config", `DOMAIN_PAGES_STORE is no address of Redis: ${rule}.`);
}

/** A command without a reply for so long has failed; on a network of one's own they take a few ms at most. */
const COMMAND_MS = 2000;

/** The longest pause between two attempts to connect. */
const MAX_RECONNECT_MS = 1000;

/**
 * A client that fails fast and connects anew for ever.
 * @param random 0 to 1, so that replicas do not come back in step
 * @throws {AppError} `config` for an address that cannot be meant
 */
function toClientOptions(url: string, random: () => number) {
  return {
    ...parseAddress(url),
    // What waits in a queue of the library's is sent who knows when: everything fails at once, and is tried again here.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    commandTimeout: COMMAND_MS,
    // Ends a connection over which nothing comes, as when the other machine is gone.
    socketTimeout: COMMAND_MS + 500,
    connectTimeout: COMMAND_MS,
    retryStrategy: (times) => Math.min(25 * 2 ** Math.min(times, 10), MAX_RECONNECT_MS) * (0.5 + random() / 2),
    // After a failover the old address may lead to what has become a replica.
    reconnectOnError: ({ message }) => message.startsWith("READONLY"),
  } satisfies RedisOptions;
}

export interface RunOptions extends FailureFacts {
  /** How long to wait for a connection, counted from when it was lost at the latest. @default 1,000 */
  withinMs?: number;
}

type Argument = string | number | Buffer;

/** One connection to Redis or Valkey that is made anew for ever, and what is done over it. */
export interface RedisLink {
  /**
   * Runs commands. When the connection breaks they run again over the next one, so they must be such that twice is as
   * good as once.
   * @throws {AppError} `unavailable` within about a second where Redis is gone, within two where it does not answer
   */
  run<T>(commands: (client: Redis) => Promise<T>, options?: RunOptions): Promise<T>;
  /** The same for a Lua script, which Redis runs whole or not at all. */
  script(lua: string, keys: readonly string[], args: readonly Argument[], options?: RunOptions): Promise<unknown>;
  /** A key of ours; the parts must hold no `:` but for the last. */
  key(...parts: readonly string[]): string;
  /** Whether there is a connection now, and Redis took what was last written over it. */
  isReady(): boolean;
  /** Tries out whether Redis takes a write, once a second at most; says so by `isReady`. Settles within a second. */
  probe(): Promise<void>;
  /**
   * @param listener called whenever a connection has been made, with when the one before was lost (`performance.now`),
   * or when making the first one began
   * @returns ends the listening
   */
  onReady(listener: (lostAtMs: number) => void): () => void;
  /**
   * Settles at once as a rule, and a while after an outage: by then every replica has written what it owed.
   * @throws the signal's reason
   */
  steady(signal: AbortSignal): Promise<void>;
  /** The connection itself, for libraries that want one. */
  client: Redis;
  /** One more connection, made when it is first used; closed with this one. */
  openAnother(): Redis;
  isClosed(): boolean;
  close(): void;
}

export interface RedisLinkDeps {
  /** As `parseAddress` reads it. */
  url: string;
  /** What every key begins with. */
  prefix: string;
  onProblem: OnRedisProblem;
  /** 0 to 1. @default Math.random */
  random?: () => number;
}

/** A restart of Redis or a failover without much data takes less: nobody needs to hear of it. */
const PATIENCE_MS = 1000;

/** A connection that has just broken may look whole for a moment. */
const RETRY_MS = 20;

/** All replicas have reconnected by then, and have written what they owed. */
const STEADY_MS = MAX_RECONNECT_MS + 500;

/** How Redis says that it takes no writes: out of memory, a replica, a disk that fails, too few replicas. */
const WRITES_REFUSED = new Set(["OOM", "READONLY", "MISCONF", "NOREPLICAS"]);

const PROBE_EVERY_MS = 1000;
/** Whoever asks whether we are ready waits for a second. */
const PROBE_MS = 800;
const PROBE_KEPT_MS = 60_000;

/** Often enough for `isReady` to be true to what a caller would find. */
const HEARTBEAT_MS = 5000;

/** Begins to connect at once. @throws {AppError} `config` for an address that cannot be meant */
export function createRedisLink({ url, prefix, onProblem, random = Math.random }: RedisLinkDeps): RedisLink {
  const client = new Redis(toClientOptions(url, random));
  const others: Redis[] = [];
  const whenMade = new Set<(lostAtMs: number) => void>();
  const shas = new Map<string, string>();
  let downSince: number | undefined = performance.now();
  let wasReady = false;
  let steadyAt = 0;
  let code = "closed";
  let isReported = false;
  let isClosed = false;

  client.on("error", (error: unknown) => {
    code = toFailureCode(error);
  });
  client.on("close", () => {
    downSince ??= performance.now();
    if (isReported || isClosed) return;
    isReported = true;
    onProblem({ kind: "unreachable", code });
  });
  client.on("ready", () => {
    const now = performance.now();
    const lostAt = downSince ?? now;
    if (wasReady) steadyAt = now + STEADY_MS;
    if (isReported) onProblem({ kind: "reachable_again", afterMs: Math.round(now - lostAt) });
    wasReady = true;
    refusal = undefined;
    isReported = false;
    downSince = undefined;
    code = "closed";
    for (const listener of whenMade) listener(lostAt);
  });
  let refusal: string | undefined;
  let probedAt = Number.NEGATIVE_INFINITY;
  let probing: Promise<void> = Promise.resolve();
  const tryWriting = async (): Promise<void> => {
    try {
      await client.set(`${prefix}probe`, "1", "PX", PROBE_KEPT_MS);
      refusal = undefined;
    } catch (error) {
      // A connection that has gone is known of by itself.
      if (isRefusal(error)) refusal = toFailureCode(error);
    }
  };
  const probe = async (): Promise<void> => {
    if (client.status !== "ready") return;
    if (performance.now() - probedAt > PROBE_EVERY_MS) {
      probedAt = performance.now();
      probing = tryWriting();
    }
    const timer = new AbortController();
    const late = wait(PROBE_MS, "late", { signal: timer.signal }).catch(() => {});
    if ((await Promise.race([probing, late])) === "late") refusal = "timeout";
    timer.abort();
  };
  const heartbeat = setInterval(() => {
    for (const each of [client, ...others]) if (each.status === "ready") each.ping().catch(() => {});
  }, HEARTBEAT_MS);
  heartbeat.unref();

  const whenReady = async (untilMs: number): Promise<void> => {
    if (client.status === "ready") return;
    const leftMs = untilMs - performance.now();
    if (isClosed || leftMs <= 0) throw new NotConnected(code);
    let made = () => {};
    const isMade = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), leftMs);
      made = () => {
        clearTimeout(timer);
        resolve(true);
      };
      whenMade.add(made);
    });
    whenMade.delete(made);
    if (!isMade) throw new NotConnected(code);
  };

  const noteRefusal = (error: unknown) => {
    if (isRefusal(error) && WRITES_REFUSED.has(toFailureCode(error))) refusal = toFailureCode(error);
  };

  const run: RedisLink["run"] = async (commands, { withinMs = PATIENCE_MS, ...facts } = {}) => {
    const until = performance.now() + withinMs;
    for (;;) {
      try {
        await whenReady(Math.min(until, (downSince ?? until) + withinMs));
        return await commands(client);
      } catch (error) {
        noteRefusal(error);
        if (!isConnectionLoss(error) || performance.now() + RETRY_MS > until) throw toUnavailable(error, facts);
        await wait(RETRY_MS);
      }
    }
  };

  const toSha = (lua: string): string => {
    const sha = shas.get(lua) ?? createHash("sha1").update(lua).digest("hex");
    shas.set(lua, sha);
    return sha;
  };

  return {
    run,
    script: (lua, keys, args, runOptions) => {
      const rest = [...keys, ...args];
      return run(
        (redis) =>
          redis.evalsha(toSha(lua), keys.length, ...rest).catch((error: unknown) => {
            if (toFailureCode(error) !== "NOSCRIPT") throw error;
            return redis.eval(lua, keys.length, ...rest);
          }),
        runOptions,
      );
    },
    key: (...parts) => prefix + parts.join(":"),
    isReady: () => client.status === "ready" && refusal === undefined,
    probe,
    onReady: (listener) => {
      // Of its own, so that one function that listens twice is two listeners.
      const own = (lostAtMs: number) => listener(lostAtMs);
      whenMade.add(own);
      return () => whenMade.delete(own);
    },
    steady: async (signal) => {
      signal.throwIfAborted();
      const leftMs = steadyAt - performance.now();
      if (leftMs > 0) await wait(leftMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    },
    client,
    openAnother: () => {
      const another = client.duplicate({ lazyConnect: true });
      // Its failures are those of the first, which are reported.
      another.on("error", () => {});
      others.push(another);
      return another;
    },
    isClosed: () => isClosed,
    close: () => {
      isClosed = true;
      clearInterval(heartbeat);
      for (const each of [client, ...others]) each.disconnect();
    },
  };
}
