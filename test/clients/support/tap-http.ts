import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Passed } from "./passed.ts";

export interface HttpTap {
  /** Of the endpoint, as a client calls it. */
  url: string;
  passed(): readonly Passed[];
  close(): Promise<void>;
}

/** Stands before the built service and keeps each message that passes, in both directions. */
export async function openHttpTap(service: URL): Promise<HttpTap> {
  const passed: Passed[] = [];
  const keep = (from: Passed["from"], body: string, contentType = "") => {
    const bodies = contentType.startsWith("text/event-stream") ? toEventData(body) : [body];
    for (const one of bodies.filter(Boolean)) {
      const message = JSON.parse(one) as Passed["message"] | Passed["message"][];
      passed.push(...[message].flat().map((each) => ({ from, message: each })));
    }
  };
  const server = createServer(async (req, res) => {
    const body = await text(req);
    if (body !== "") keep("client", body);
    const { pathname, search } = new URL(req.url ?? "/", service);
    const headers = { ...req.headers, host: service.host };
    const onward = request(new URL(pathname + search, service), { method: req.method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      let told = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        told += chunk;
        res.write(chunk);
      });
      answer.on("end", () => {
        if (answer.statusCode === 200) keep("server", told, answer.headers["content-type"]);
        res.end();
      });
      answer.on("error", () => res.destroy());
    });
    onward.on("error", () => res.destroy());
    // A client that leaves a stream leaves the service too.
    res.on("close", () => onward.destroy());
    onward.end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${service.pathname}`,
    passed: () => passed,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** @returns what each event carries; an empty one is a sign of life */
const toEventData = (stream: string): string[] =>
  stream.split(/\r?\n/).flatMap((line) => (line.startsWith("data:") ? [line.slice(5).trim()] : []));
