import { createServer, type IncomingMessage, type Server } from "node:http";
import { createGateway, type GatewayOptions } from "./gateway.ts";

export interface SandboxServer {
  /** `http://127.0.0.1:8080` */
  origin: string;
  close(): Promise<void>;
}

/** The real body is a few hundred bytes. */
const MAX_BODY_BYTES = 256 * 1024;

const BROKEN = JSON.stringify({ error: "the sandbox could not handle this request" });
const TOO_LARGE = JSON.stringify({ error: `the request body is larger than ${MAX_BODY_BYTES} bytes` });

/**
 * Serves the sandbox over HTTP on the loopback address, so that the documented curl runs against it with only the
 * host changed.
 * @param port 0 takes any free one
 * @throws the listen error (`EADDRINUSE`, `EACCES`) as Node reports it
 */
export async function serveSandbox(options: GatewayOptions & { port: number }): Promise<SandboxServer> {
  const answer = createGateway(options);
  const server = createServer((request, response) => {
    const respond = (status: number, headers: Record<string, string>, body: string) => {
      response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) }).end(body);
    };
    readBody(request)
      .then((body) => {
        if (body === undefined) return respond(413, { "content-type": "application/json" }, TOO_LARGE);
        const { method = "GET", url = "/", headers } = request;
        const reply = answer({ method, path: url, headers: { authorization: headers.authorization }, body });
        return respond(reply.status, reply.headers, reply.body);
      })
      // A body too odd for us (nested beyond all measure), or a client that went away: the server stays.
      .catch(() => respond(500, { "content-type": "application/json" }, BROKEN));
  });
  await listen(server, options.port);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
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

/**
 * Reads to the end in any case: leaving early would close the connection before the answer is out.
 * @returns undefined when the body is larger than any real one
 */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk as Buffer);
  }
  return bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString("utf8");
}
