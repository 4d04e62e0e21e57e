import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { toNodeHandler } from "@modelcontextprotocol/node";
import {
  completable,
  inputRequired,
  inputResponse,
  McpServer,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Caller, CreateServerFor } from "../../src/mcp/http/caller.ts";
import { createMcpEndpoint, type McpEndpoint, type McpEndpointDeps } from "../../src/mcp/http/mcp-endpoint.ts";
import type { SessionMail, SessionNews } from "../../src/mcp/http/session-records.ts";
import { createMemorySessionRecords, createNoMail } from "../../src/mcp/http/session-records.ts";

/** A call of the `wait` tool, as its handler sees it. */
export interface WaitingCall {
  name: string;
  signal: AbortSignal;
  /** Lets the handler return. */
  finish: () => void;
}

export interface Fixture {
  createServerFor: CreateServerFor;
  /** Every call of `wait` that has begun, in order. */
  waiting: WaitingCall[];
  /** For whom servers were made, in order. */
  made: string[];
}

const text = (words: string) => ({ content: [{ type: "text" as const, text: words }] });

/** A server with one tool for each thing that a transport can get wrong. `replica` is what it calls itself. */
export function createFixture(replica = "A"): Fixture {
  const waiting: WaitingCall[] = [];
  const made: string[] = [];
  const createServerFor: CreateServerFor = ({ caller, era }) => {
    made.push(`${era} ${caller.owner}`);
    const server = new McpServer({ name: "fixture", version: "1" }, { instructions: "none" });
    server.registerTool("echo", { inputSchema: z.object({ words: z.string() }) }, async ({ words }) => text(words));
    server.registerTool("who", {}, async ({ http }) =>
      text(`${replica} ${era} ${caller.owner} ${http?.authInfo?.scopes.join(" ") ?? "-"}`),
    );
    server.registerTool("fail", {}, async () => ({ ...text("refused on purpose"), isError: true }));
    server.registerTool("steps", {}, async ({ mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken ?? "";
      for (const progress of [1, 2, 3]) {
        await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress, total: 3 } });
      }
      return text("three steps");
    });
    server.registerTool("wait", { inputSchema: z.object({ name: z.string() }) }, async ({ name }, { mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken;
      if (progressToken !== undefined) {
        await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress: 1 } });
      }
      await new Promise<void>((resolve) => {
        waiting.push({ name, signal: mcpReq.signal, finish: resolve });
        mcpReq.signal.addEventListener("abort", () => resolve(), { once: true });
      });
      return text(`waited ${name}`);
    });
    server.registerTool("ask", {}, async ({ mcpReq }) => {
      const answer = inputResponse(mcpReq.inputResponses, "question");
      if (answer.kind === "elicit") return text(`${replica}: ${answer.action} ${JSON.stringify(answer.content ?? {})}`);
      const properties = { word: { type: "string" as const } };
      return inputRequired({
        inputRequests: {
          question: inputRequired.elicit({
            message: `replica ${replica} asks`,
            requestedSchema: { type: "object", properties, required: ["word"] },
          }),
        },
      });
    });
    server.registerResource("note", "fixture://note", { mimeType: "text/plain" }, async ({ href }) => ({
      contents: [{ uri: href, mimeType: "text/plain", text: `note for ${caller.owner}` }],
    }));
    const argsSchema = z.object({
      colour: completable(z.string(), (typed) => ["red", "green"].filter((colour) => colour.startsWith(typed ?? ""))),
    });
    server.registerPrompt("paint", { argsSchema }, async ({ colour }) => {
      if (colour === "none") throw new ProtocolError(ProtocolErrorCode.InvalidParams, "no such colour");
      return { messages: [{ role: "user", content: { type: "text", text: `paint it ${colour}` } }] };
    });
    return server;
  };
  return { createServerFor, waiting, made };
}

export const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** An endpoint on its own, unless told otherwise. */
export function createFixtureEndpoint(
  fixture: Pick<Fixture, "createServerFor">,
  more: Partial<McpEndpointDeps> = {},
): McpEndpoint {
  return createMcpEndpoint({
    createServerFor: fixture.createServerFor,
    sessions: createMemorySessionRecords({ now: Date.now, max: 100 }),
    mail: createNoMail(),
    log: SILENT,
    now: Date.now,
    ...more,
  });
}

export interface Served {
  url: URL;
  close(): Promise<void>;
}

/** `Bearer alice:read,write` is alice with two scopes; without the header everybody is `nobody`. */
function toCaller({ authorization }: IncomingMessage["headers"]): Caller {
  const [, owner, scopes = ""] = /^Bearer (\w+)(?::([\w,]+))?$/.exec(authorization ?? "") ?? [];
  if (owner === undefined) return { owner: "nobody" };
  return { owner, authInfo: { token: "hidden", clientId: owner, scopes: scopes.split(",").filter(Boolean) } };
}

/** An endpoint on a real socket of the loopback address. */
export async function serveEndpoint(pick: () => McpEndpoint): Promise<Served> {
  const answer = (request: IncomingMessage, response: ServerResponse) =>
    toNodeHandler({
      fetch: (web, { parsedBody } = {}) =>
        pick().fetch(web, { caller: toCaller(request.headers), ...(parsedBody !== undefined && { parsedBody }) }),
    })(request as never, response as never);
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Carries mail between endpoints of one process. */
export function createMailBus(): { join(): SessionMail; sent: SessionNews[] } {
  const listeners = new Map<object, (id: string, news: SessionNews) => void>();
  const sent: SessionNews[] = [];
  return {
    sent,
    join() {
      const own = {};
      return {
        async send(id, news) {
          sent.push(news);
          // As text, like between machines.
          const copy = JSON.parse(JSON.stringify(news)) as SessionNews;
          for (const [listener, take] of listeners) if (listener !== own) take(id, copy);
        },
        listen(take) {
          listeners.set(own, take);
          return () => listeners.delete(own);
        },
      };
    },
  };
}
