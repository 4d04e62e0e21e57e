import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { localhostHostValidation, localhostOriginValidation, toNodeHandler } from "@modelcontextprotocol/node";
import { createRequestStateCodec, McpServer } from "@modelcontextprotocol/server";
import type { CreateServerFor } from "../../src/mcp/http/caller.ts";
import { createMcpEndpoint } from "../../src/mcp/http/mcp-endpoint.ts";
import { createMemorySessionRecords, createNoMail } from "../../src/mcp/http/session-records.ts";
import { registerFixturePrompts, registerFixtureResources } from "./fixture-content.ts";
import { type Remembered, registerFixtureQuestions } from "./fixture-questions.ts";
import { registerFixtureTools } from "./fixture-tools.ts";

/** Makes servers with all that the conformance suite asks for. */
export function createConformanceServers(): CreateServerFor {
  const codec = createRequestStateCodec<Remembered>({ key: randomBytes(32), ttlSeconds: 60 });
  return () => {
    const server = new McpServer(
      { name: "conformance-fixture", version: "1.0.0" },
      {
        capabilities: {
          tools: { listChanged: false },
          resources: { listChanged: false, subscribe: true },
          prompts: { listChanged: false },
          logging: {},
        },
        requestState: { verify: codec.verify },
      },
    );
    registerFixtureTools(server);
    registerFixtureQuestions(server, codec);
    registerFixtureResources(server);
    registerFixturePrompts(server);
    return server;
  };
}

export interface Listening {
  /** `http://127.0.0.1:…/mcp` */
  url: string;
  close(): Promise<void>;
}

/** Serves on a free port of the loopback address: the product's endpoint, behind the SDK's guards for local servers. */
export async function serveLocally(createServerFor: CreateServerFor): Promise<Listening> {
  const ignore = () => {};
  const endpoint = createMcpEndpoint({
    createServerFor,
    sessions: createMemorySessionRecords({ now: Date.now, max: 1000 }),
    mail: createNoMail(),
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    now: Date.now,
  });
  const isHostAllowed = localhostHostValidation();
  const isOriginAllowed = localhostOriginValidation();
  const handle = toNodeHandler({
    fetch: (request, { parsedBody } = {}) =>
      endpoint.fetch(request, { caller: { owner: "local" }, ...(parsedBody !== undefined && { parsedBody }) }),
  });
  const server = createServer((request, response) => {
    if (!isHostAllowed(request, response) || !isOriginAllowed(request, response)) return;
    void handle(request as never, response as never);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    close: async () => {
      await endpoint.close();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
