import { createMcpHandler, type McpServer } from "@modelcontextprotocol/server";
import type { CallCount, Caller } from "./caller.ts";
import { comeAgainLater, idOf } from "./error-response.ts";
import { isEventStream, watchBody } from "./live-session.ts";

export interface ModernEraDeps {
  createServer: (caller: Caller, method: string | undefined) => McpServer;
  calls: CallCount;
  keepAliveMs: number;
  maxSubscriptions: number;
  onError: (error: Error) => void;
  /** Nothing is taken any more: every message of this era is a request of its own. */
  isDraining: () => boolean;
}

export interface ModernEra {
  /** One HTTP request; rejects with what `createServer` threw. */
  fetch(request: Request, body: unknown, caller: Caller): Promise<Response>;
  /** Handlers that still run see a closed connection. */
  close(): Promise<void>;
}

/** What travels with a request to the factory and back. */
interface Exchange {
  caller: Caller;
  method: string | undefined;
  defect?: unknown;
}

/** Serves 2026-07-28 and later: a fresh server for each request, and nothing kept between them. */
export function createModernEra({
  createServer,
  calls,
  keepAliveMs,
  maxSubscriptions,
  onError,
  isDraining,
}: ModernEraDeps): ModernEra {
  // The SDK hands the request itself through to the factory, and answers what that throws without a reference.
  const exchanges = new WeakMap<Request, Exchange>();
  const handler = createMcpHandler(
    ({ requestInfo }) => {
      const exchange = requestInfo && exchanges.get(requestInfo);
      if (exchange === undefined) throw new Error("a server was asked for without a request of ours");
      try {
        return createServer(exchange.caller, exchange.method);
      } catch (error) {
        exchange.defect = error;
        throw error;
      }
    },
    { legacy: "reject", responseMode: "auto", keepAliveMs, maxSubscriptions, onerror: onError },
  );
  return {
    async fetch(request, parsedBody, caller) {
      if (isDraining()) return comeAgainLater(503, "The server is stopping", idOf(parsedBody));
      const method = methodOf(parsedBody);
      // Such a stream lasts as long as its client likes, so nobody waits for its end.
      const end = method === "subscriptions/listen" ? () => {} : calls.start();
      const exchange: Exchange = { caller, method };
      exchanges.set(request, exchange);
      const { authInfo } = caller;
      try {
        const response = await handler.fetch(request, { parsedBody, ...(authInfo !== undefined && { authInfo }) });
        if (exchange.defect !== undefined) throw exchange.defect;
        if (isEventStream(response)) return watchBody(response, { onEnd: end });
        end();
        return response;
      } catch (error) {
        end();
        throw error;
      }
    },
    close: () => handler.close(),
  };
}

function methodOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("method" in body)) return undefined;
  return typeof body.method === "string" ? body.method : undefined;
}
