import { createServer, type RequestListener, type Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

/** A server on the loopback address that can go away and come back on its port. */
export interface Listener {
  port: number;
  /** Not listening at the moment: calls on connections that were open before are not to be served either. */
  isAway(): boolean;
  /** Stops listening before it returns, and listens again after so many ms; does nothing while it is away already. */
  goAway(ms: number): void;
  /** Ends every connection, wherever its answer stands. */
  close(): Promise<void>;
}

/** While the port is taken by somebody else. */
const TRY_AGAIN_MS = 20;

/**
 * @param port 0 takes any free one
 * @throws the listen error (`EADDRINUSE`, `EACCES`) as Node reports it
 */
export async function openListener(onRequest: RequestListener, port: number): Promise<Listener> {
  // A server that stopped listening still holds the connections that were busy.
  const servers = new Set<Server>();
  const open = async (onPort: number): Promise<Server> => {
    const server = createServer(onRequest);
    await listen(server, onPort);
    servers.add(server);
    server.once("close", () => servers.delete(server));
    return server;
  };
  let current = await open(port);
  const boundPort = portOf(current, port);
  const closing = new AbortController();
  let back: Promise<void> | undefined;

  const comeBack = async (ms: number): Promise<void> => {
    const { signal } = closing;
    for (let waitMs = ms; !signal.aborted; waitMs = TRY_AGAIN_MS) {
      await delay(waitMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      const opened = await open(boundPort).catch(() => undefined);
      if (opened === undefined) continue;
      current = opened;
      return;
    }
  };

  return {
    port: boundPort,
    isAway: () => back !== undefined,
    goAway(ms) {
      if (back !== undefined || closing.signal.aborted) return;
      current.close();
      back = comeBack(ms).finally(() => {
        back = undefined;
      });
    },
    async close() {
      closing.abort();
      await back;
      await Promise.all([...servers].map(closeNow));
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function portOf(server: Server, wanted: number): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : wanted;
}

function closeNow(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
