import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A request that waits for its answer until the test gives one. */
export interface HeldRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** Settles when the client's connection is gone before an answer was given. */
  abandoned: Promise<void>;
  answer(status: number, body: string, headers?: Record<string, string>): void;
}

export interface HeldUpstream {
  /** Base URL for AISA_BASE_URL. */
  baseUrl: string;
  /** The next request to arrive, or one that has arrived and was not taken yet. */
  next(): Promise<HeldRequest>;
  close(): Promise<void>;
}

/** An HTTP upstream on the loopback address that answers when told to: nothing in a test has to wait for time. */
export async function startHeldUpstream(): Promise<HeldUpstream> {
  const arrived: HeldRequest[] = [];
  const waiting: ((request: HeldRequest) => void)[] = [];
  const server = createServer(async (request, response) => {
    const held: HeldRequest = {
      method: request.method ?? "",
      url: request.url ?? "",
      headers: request.headers,
      body: await text(request),
      abandoned: new Promise((resolve) => {
        response.once("close", () => {
          if (!response.writableEnded) resolve();
        });
      }),
      answer: (status, body, headers = {}) => {
        response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
      },
    };
    const taker = waiting.shift();
    if (taker === undefined) arrived.push(held);
    else taker(held);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/apis/v1`,
    next: () => {
      const first = arrived.shift();
      return first === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(first);
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
