import {
  type InitializeRequest,
  isInitializeRequest,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResponse,
  type JSONRPCMessage,
  type RequestId,
} from "@modelcontextprotocol/server";
import type { Caller } from "./caller.ts";
import {
  comeAgainLater,
  INVALID_REQUEST,
  idOf,
  PARSE_ERROR,
  REFUSED,
  sessionNotFound,
  toErrorResponse,
} from "./error-response.ts";
import type { NoRoom, Sessions } from "./sessions.ts";

export interface OlderEraDeps {
  sessions: Sessions;
  /** Most bytes that are kept of an `initialize` request. */
  maxInitializeBytes: number;
  /** No new sessions, calls and streams are taken. */
  isDraining: () => boolean;
}

/** One HTTP request of the older era. `body` is the parsed JSON of a POST. */
export type FetchOlder = (request: Request, body: unknown, caller: Caller) => Promise<Response>;

const SESSION_HEADER = "mcp-session-id";

/** As we make them: anything else cannot be one, and is neither looked up nor logged. */
const SESSION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The SDK's own bound. */
const MAX_BATCH = 100;

/** Serves the revisions up to 2025-11-25, with a session behind every request but the one that opens it. */
export function createOlderEra({ sessions, maxInitializeBytes, isDraining }: OlderEraDeps): FetchOlder {
  async function open(request: Request, body: unknown, caller: Caller): Promise<Response> {
    const opening = readOpening(body);
    if (opening === undefined) return toErrorResponse(400, REFUSED, "Bad Request: Mcp-Session-Id header is required");
    if (typeof opening === "string") return toErrorResponse(400, INVALID_REQUEST, opening, { id: idOf(body) });
    const initialize = toReplayable(opening);
    if (Buffer.byteLength(JSON.stringify(initialize)) > maxInitializeBytes) {
      const rule = `clientInfo and capabilities must not exceed ${maxInitializeBytes} bytes`;
      return toErrorResponse(413, INVALID_REQUEST, rule, { id: opening.id });
    }
    if (isDraining()) return stopping(opening.id);
    const opened = await sessions.open(caller);
    if (typeof opened === "string") return noRoom(opened, opening.id);
    const { session, release } = opened;
    let isRecorded = false;
    try {
      const response = await session.handle(request, body, caller.authInfo);
      if (response.ok) {
        await sessions.record(session, initialize);
        isRecorded = true;
      }
      return response;
    } finally {
      release();
      if (!isRecorded) await sessions.discard(session);
    }
  }

  /** A request or a stream: needs a server here. */
  async function serve(request: Request, id: string, body: unknown, caller: Caller): Promise<Response> {
    if (isDraining()) return stopping(idOf(body));
    const found = await sessions.find(id, caller);
    if (found === undefined) return sessionNotFound();
    const borrowed = "session" in found ? found : await sessions.revive(found, caller);
    if (borrowed === undefined) return sessionNotFound();
    if (typeof borrowed === "string") return noRoom(borrowed, idOf(body));
    try {
      return await borrowed.session.handle(request, body, caller.authInfo);
    } finally {
      borrowed.release();
    }
  }

  /** Notifications and answers only: what they are about may run on any replica, and needs no new server here. */
  async function take(request: Request, id: string, body: unknown, caller: Caller): Promise<Response> {
    const found = await sessions.find(id, caller);
    if (found === undefined) return sessionNotFound();
    if (!("session" in found)) return new Response(null, { status: 202 });
    try {
      return await found.session.handle(request, body, caller.authInfo);
    } finally {
      found.release();
    }
  }

  async function post(request: Request, id: string, body: unknown, caller: Caller): Promise<Response> {
    const messages = [body].flat();
    if (messages.length === 0 || messages.length > MAX_BATCH) {
      return toErrorResponse(400, INVALID_REQUEST, `A batch holds 1 to ${MAX_BATCH} messages`);
    }
    if (!messages.every(isMessage)) return toErrorResponse(400, PARSE_ERROR, "Parse error: Invalid JSON-RPC message");
    const response = messages.some(isJSONRPCRequest)
      ? await serve(request, id, body, caller)
      : await take(request, id, body, caller);
    if (response.ok) await sessions.tell(id, messages);
    return response;
  }

  /** A client that begins anew may still have the id of a session that has ended, or that another server gave. */
  async function isKnown(id: string, caller: Caller): Promise<boolean> {
    const found = SESSION_ID.test(id) ? await sessions.find(id, caller) : undefined;
    if (found !== undefined && "release" in found) found.release();
    return found !== undefined;
  }

  async function end(id: string, caller: Caller): Promise<Response> {
    const found = await sessions.find(id, caller);
    if (found === undefined) return sessionNotFound();
    if ("release" in found) found.release();
    await sessions.end(id);
    return new Response(null, { status: 200 });
  }

  return async (request, body, caller) => {
    const { method } = request;
    if (method !== "POST" && method !== "GET" && method !== "DELETE") {
      return toErrorResponse(405, REFUSED, "Method not allowed.", { headers: { Allow: "GET, POST, DELETE" } });
    }
    const id = request.headers.get(SESSION_HEADER) ?? "";
    if (id === "") return open(request, body, caller);
    if (method === "POST" && typeof readOpening(body) === "object" && !(await isKnown(id, caller))) {
      return open(request, body, caller);
    }
    if (!SESSION_ID.test(id)) return sessionNotFound();
    if (method === "DELETE") return end(id, caller);
    return method === "GET" ? serve(request, id, undefined, caller) : post(request, id, body, caller);
  };
}

function isMessage(value: unknown): value is JSONRPCMessage {
  return isJSONRPCRequest(value) || isJSONRPCNotification(value) || isJSONRPCResponse(value);
}

function stopping(id: string | number | null): Response {
  return comeAgainLater(503, "The server is stopping", id);
}

function noRoom(room: NoRoom, id: string | number | null): Response {
  return room === "full"
    ? comeAgainLater(503, "The server has no room for another session now", id)
    : comeAgainLater(429, "Too many sessions of this caller are busy; end one", id);
}

/**
 * The part of an `initialize` request that a session cannot be revived without: which protocol, and what the client can
 * do and is called. Its icons and extras would be kept for nothing.
 */
export function toReplayable({ params }: InitializeRequest): unknown {
  const { protocolVersion, capabilities, clientInfo } = params;
  const { name, version, title } = clientInfo;
  return {
    jsonrpc: "2.0",
    id: 0,
    method: "initialize",
    params: {
      protocolVersion,
      capabilities,
      clientInfo: { name, version, ...(title !== undefined && { title }) },
    },
  };
}

/**
 * What a request without a session asks for.
 * @returns one sentence on what is wrong with an `initialize` that cannot be taken; undefined when it is none
 */
export function readOpening(body: unknown): (InitializeRequest & { id: RequestId }) | string | undefined {
  if (Array.isArray(body)) return body.some(isNamedInitialize) ? "initialize cannot be part of a batch" : undefined;
  if (!isNamedInitialize(body)) return undefined;
  if (isJSONRPCRequest(body) && isInitializeRequest(body)) return body;
  return "initialize needs an id, protocolVersion, capabilities and clientInfo";
}

function isNamedInitialize(message: unknown): boolean {
  return typeof message === "object" && message !== null && "method" in message && message.method === "initialize";
}
