import type { RedisOptions } from "ioredis";
import { parseAddress } from "./address.ts";

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
