import { isIP } from "node:net";
import type { RedisOptions } from "ioredis";
import { AppError } from "../errors.ts";

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
  if (!URL.canParse(url) || !/^rediss?:\/\/[^/]/.test(url)) throw refuse("redis:// or rediss://, then a host");
  return new URL(url);
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
export const MAX_RECONNECT_MS = 1000;

/**
 * A client that fails fast and connects anew for ever.
 * @param random 0 to 1, so that replicas do not come back in step
 * @throws {AppError} `config` for an address that cannot be meant
 */
export function toClientOptions(url: string, random: () => number) {
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
