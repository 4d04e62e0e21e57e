import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";

/** One request as the stub saw it, its body read. */
export interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
  /** The client's side of the connection, to tell connections apart and to watch them close. */
  socket: Socket;
}

export interface Stub {
  /** `http://127.0.0.1:…` */
  origin: string;
  seen: Seen[];
  /** Resolves with the next request, when it has been read whole. */
  nextRequest(): Promise<Seen>;
  close(): Promise<void>;
}

export type Respond = (response: ServerResponse, request: Seen) => void;

/**
 * An upstream on a real socket of the loopback address. Close it in `afterEach`.
 * @param tls its certificate and key; then it is `https://localhost:…`
 */
export async function startStub(respond: Respond, tls?: { cert: string; key: string }): Promise<Stub> {
  const seen: Seen[] = [];
  const waiting: ((request: Seen) => void)[] = [];
  const listener: RequestListener = async (request, response) => {
    const { method = "", url = "", headers, socket } = request;
    const one: Seen = { method, url, headers, socket, body: await text(request) };
    seen.push(one);
    waiting.shift()?.(one);
    respond(response, one);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  const plain = await listen(server);
  const origin = tls === undefined ? plain : plain.replace("http://127.0.0.1", "https://localhost");
  return {
    origin,
    seen,
    nextRequest: () => new Promise((resolve) => waiting.push(resolve)),
    close: () => close(server),
  };
}

/** Answers every request alike. */
export function replyWith(status: number, body: unknown, headers: Record<string, string> = {}): Respond {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  };
}

export interface Proxy {
  origin: string;
  /** Targets of CONNECT requests, `host:port`, with the credentials that came along. */
  tunnels: { target: string; authorization: string | undefined }[];
  close(): Promise<void>;
}

/**
 * A proxy that opens tunnels, or refuses each with the given status.
 * @param tls its certificate and key; then it is `https://localhost:…`
 */
export async function startProxy(refuseWith?: number, tls?: { cert: string; key: string }): Promise<Proxy> {
  const tunnels: Proxy["tunnels"] = [];
  const open = new Set<Duplex>();
  const server = tls === undefined ? createServer() : createTlsServer(tls);
  server.on("connect", (request, client: Duplex) => {
    const { url: target = "", headers } = request;
    tunnels.push({ target, authorization: headers["proxy-authorization"] });
    open.add(client);
    client.on("error", () => {});
    if (refuseWith !== undefined) {
      client.end(`HTTP/1.1 ${refuseWith} Refused\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const [host, port] = target.split(":");
    const onward = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(onward).pipe(client);
    });
    open.add(onward);
    onward.on("error", () => client.destroy());
  });
  const plain = await listen(server);
  const origin = tls === undefined ? plain : plain.replace("http://127.0.0.1", "https://localhost");
  const closeAll = () => {
    for (const socket of open) socket.destroy();
    return close(server);
  };
  return { origin, tunnels, close: closeAll };
}

/** An address on which nothing listens: it was free a moment ago. */
export async function refusedOrigin(): Promise<string> {
  const server = createServer();
  const origin = await listen(server);
  await close(server);
  return origin;
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
