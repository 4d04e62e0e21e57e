import { randomBytes } from "node:crypto";
import {
  type AuthInfo,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type McpServer,
  type RequestId,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import type { CallCount } from "./caller.ts";
import { REFUSED } from "./error-response.ts";
import { cancelledId, createTaggedTransport, isAnswerTo } from "./tagged-transport.ts";

export interface LiveSessionDeps {
  id: string;
  owner: string;
  server: McpServer;
  /** Of all sessions and eras together. */
  calls: CallCount;
  keepAliveMs: number;
  now: () => number;
}

/** A comment, so that a stream on which nothing happens is seen to be open before its first keep-alive. */
const OPENING = new TextEncoder().encode(": open\n\n");

/** Nobody is asked there: replayed messages need a request to arrive in. */
const REPLAY_URL = "http://replay.invalid/mcp";

/** A session of the older era while a server for it is kept on this replica. */
export class LiveSession {
  readonly id: string;
  readonly owner: string;
  lastUsedAt: number;
  /** When its record was last told that the session is in use. */
  recordUsedAt: number;
  readonly #server: McpServer;
  readonly #inner: WebStandardStreamableHTTPServerTransport;
  readonly #now: () => number;
  /** Not to be guessed: an answer from elsewhere must not fit by chance. */
  readonly #tag = randomBytes(9).toString("base64url");
  readonly #calls = new Map<RequestId, () => void>();
  /** Calls whose answers share one stream with others. */
  readonly #batched = new Set<RequestId>();
  /** Reasons not to close it: requests being taken in, open streams. */
  #holds = 0;

  private constructor({ id, owner, server, keepAliveMs, now }: LiveSessionDeps) {
    this.id = id;
    this.owner = owner;
    this.lastUsedAt = now();
    this.recordUsedAt = now();
    this.#server = server;
    this.#now = now;
    this.#inner = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => id, keepAliveMs });
  }

  static async open(deps: LiveSessionDeps): Promise<LiveSession> {
    const session = new LiveSession(deps);
    const transport = createTaggedTransport(session.#inner, session.#tag, {
      onRequest: (id) => {
        session.#calls.get(id)?.();
        session.#calls.set(id, deps.calls.start());
      },
      onAnswer: (id) => session.#endCall(id),
      onCancel: (id) => session.#letGo(id),
    });
    await deps.server.connect(transport);
    return session;
  }

  get isIdle(): boolean {
    return this.#calls.size === 0 && this.#holds === 0;
  }

  /** @returns lets go again; until then the session is not idle */
  hold(): () => void {
    this.#holds += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds -= 1;
      this.lastUsedAt = this.#now();
    };
  }

  /** One HTTP request of this session. */
  async handle(request: Request, parsedBody: unknown, authInfo: AuthInfo | undefined): Promise<Response> {
    const release = this.hold();
    const requests = [parsedBody].flat().filter(isJSONRPCRequest);
    if (requests.length > 1) for (const { id } of requests) this.#batched.add(id);
    const response = await this.#inner
      .handleRequest(request, {
        ...(parsedBody !== undefined && { parsedBody }),
        ...(authInfo !== undefined && { authInfo }),
      })
      .finally(() => {
        if (request.method !== "GET") release();
      });
    if (request.method !== "GET") {
      // Else its header leaves with the first event, and until then nobody knows that the call was taken.
      return isEventStream(response) ? watchBody(response, { onEnd: () => {}, opening: OPENING }) : response;
    }
    if (isEventStream(response)) {
      return watchBody(response, { onEnd: release, opening: OPENING, signal: request.signal });
    }
    release();
    return response;
  }

  /** Brings the server to where the client left it: as if the session had been opened here. */
  async replay(initialize: unknown): Promise<boolean> {
    const post = (parsedBody: unknown, more: Record<string, string> = {}) => {
      const headers = { accept: "application/json, text/event-stream", "content-type": "application/json", ...more };
      return this.#inner.handleRequest(new Request(REPLAY_URL, { method: "POST", headers }), { parsedBody });
    };
    const opened = await post(initialize);
    // Read to its end: then the server has answered, and knows the client and the protocol's version.
    await opened.text();
    if (!opened.ok) return false;
    const initialized = { jsonrpc: "2.0", method: "notifications/initialized" };
    return (await post(initialized, { "mcp-session-id": this.id })).ok;
  }

  /** Whether a message is surely for this instance, and for no other replica's. */
  isFor(message: JSONRPCMessage): boolean {
    const cancelled = cancelledId(message);
    return isAnswerTo(this.#tag, message) || (cancelled !== undefined && this.#calls.has(cancelled));
  }

  /** A message of the client that came in elsewhere. */
  inject(message: JSONRPCMessage): void {
    this.#inner.onmessage?.(message);
  }

  async close(): Promise<void> {
    for (const id of [...this.#calls.keys()]) this.#endCall(id);
    await this.#server.close();
  }

  #endCall(id: RequestId): void {
    this.#calls.get(id)?.();
    this.#calls.delete(id);
    this.#batched.delete(id);
    this.lastUsedAt = this.#now();
  }

  /** A cancelled call is never answered, and the SDK would keep its stream open for as long as the session lives. */
  #letGo(id: RequestId): void {
    if (!this.#calls.has(id)) return;
    if (!this.#batched.has(id)) this.#inner.closeSSEStream(id);
    this.#endCall(id);
    // Reaches the client in a batch only, where the other answers still need the stream; elsewhere it makes the
    // transport forget the call.
    const error = { code: REFUSED, message: "Cancelled" };
    this.#inner.send({ jsonrpc: "2.0", id, error }).catch(() => {});
  }
}

export interface WatchOptions {
  /** Runs once: the body was read to its end, broke, or nobody reads it any more. */
  onEnd: () => void;
  /** Bytes to send ahead of it. */
  opening?: Uint8Array;
  /** Ends the body when its reader has gone, which the reader alone would notice at the next write. */
  signal?: AbortSignal;
}

/** The same response, with an eye on when its body is over. */
export function watchBody(response: Response, { onEnd, opening, signal }: WatchOptions): Response {
  if (response.body === null) {
    onEnd();
    return response;
  }
  const reader = response.body.getReader();
  const leave = () => {
    reader.cancel().catch(() => {});
  };
  const end = () => {
    signal?.removeEventListener("abort", leave);
    onEnd();
  };
  if (signal?.aborted) leave();
  else signal?.addEventListener("abort", leave, { once: true });
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (opening !== undefined) controller.enqueue(opening);
    },
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        end();
        controller.close();
      } catch (error) {
        end();
        controller.error(error);
      }
    },
    cancel(reason) {
      end();
      return reader.cancel(reason);
    },
  });
  return new Response(body, { status: response.status, headers: response.headers });
}

/** Whether the response is a stream of events. */
export function isEventStream(response: Response): boolean {
  return response.headers.get("content-type")?.startsWith("text/event-stream") === true;
}

export interface LiveSessionsDeps {
  /** Most sessions kept live on this replica. */
  maxSessions: number;
  /** Most of them for one owner, so that one cannot crowd out the others. */
  maxSessionsPerOwner: number;
  /** How long one that nothing happens in stays live, ms. */
  idleMs: number;
  now: () => number;
}

/** Whether another session can be made live, or who has too many. */
export type Room = "free" | "full" | "owner_full";

interface Entry {
  owner: string;
  /** Shared by the requests that come while the session is being made. */
  ready: Promise<LiveSession | undefined>;
  session?: LiveSession;
}

/** The sessions that this replica keeps a server for. Closing one here does not end it: it is revived when used again. */
export interface LiveSessions {
  get(id: string): LiveSession | undefined;
  /** Also while it is still being made. */
  has(id: string): boolean;
  all(): LiveSession[];
  size(): number;
  /** Closes the longest idle one if that is what it takes. */
  makeRoom(owner: string): Room;
  /**
   * Makes a session live, once for all who ask at the same time.
   * @param create undefined when it cannot be; what it throws reaches all who wait
   */
  add(id: string, owner: string, create: () => Promise<LiveSession | undefined>): Promise<LiveSession | undefined>;
  /** Being made counts: it is closed as soon as it is there. */
  close(id: string): Promise<void>;
  closeIdle(): void;
  closeAll(): Promise<void>;
}

export function createLiveSessions({ maxSessions, maxSessionsPerOwner, idleMs, now }: LiveSessionsDeps): LiveSessions {
  const entries = new Map<string, Entry>();
  const all = () => [...entries.values()].flatMap(({ session }) => session ?? []);

  async function close(id: string): Promise<void> {
    const entry = entries.get(id);
    entries.delete(id);
    // A failure to make it is told to those who asked for it.
    const session = await entry?.ready.catch(() => undefined);
    await session?.close();
  }

  function closeLongestIdle(among: LiveSession[]): boolean {
    const idle = among.filter(({ isIdle }) => isIdle);
    const [first, ...rest] = idle;
    if (first === undefined) return false;
    const longest = rest.reduce((found, next) => (next.lastUsedAt < found.lastUsedAt ? next : found), first);
    void close(longest.id);
    return true;
  }

  return {
    get: (id) => entries.get(id)?.session,
    has: (id) => entries.has(id),
    all,
    size: () => entries.size,
    makeRoom(owner) {
      const owned = [...entries.values()].filter((entry) => entry.owner === owner);
      if (owned.length >= maxSessionsPerOwner) {
        return closeLongestIdle(owned.flatMap(({ session }) => session ?? [])) ? "free" : "owner_full";
      }
      if (entries.size < maxSessions) return "free";
      return closeLongestIdle(all()) ? "free" : "full";
    },
    async add(id, owner, create) {
      const known = entries.get(id);
      if (known !== undefined) return known.owner === owner ? known.ready : undefined;
      const entry: Entry = { owner, ready: create() };
      entries.set(id, entry);
      const forget = () => {
        if (entries.get(id) === entry) entries.delete(id);
      };
      try {
        const session = await entry.ready;
        if (session === undefined) forget();
        else entry.session = session;
        return session;
      } catch (error) {
        forget();
        throw error;
      }
    },
    close,
    closeIdle() {
      const before = now() - idleMs;
      for (const session of all()) if (session.isIdle && session.lastUsedAt <= before) void close(session.id);
    },
    closeAll: async () => {
      await Promise.all([...entries.keys()].map(close));
    },
  };
}
