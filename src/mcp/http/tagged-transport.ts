import {
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResponse,
  type JSONRPCMessage,
  type RequestId,
  type ScopeChallengeHandler,
  type Transport,
  type WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";

export interface Traffic {
  /** A request has come in. */
  onRequest(id: RequestId): void;
  /** Its answer goes out. */
  onAnswer(id: RequestId): void;
  /** The client no longer wants it; told after the server was. */
  onCancel(id: RequestId): void;
}

/** What `McpServer.connect` looks for on a transport, beside what the type says. */
type ServerTransport = Transport & { setScopeChallengeResolver(resolver: ScopeChallengeHandler): void };

/**
 * The transport as the server of one session sees it, with a tag on the ids of the requests that this server sends.
 * The SDK numbers them 0, 1, 2 … in each instance, so two replicas that serve one session would both ask a question 0
 * and take each other's answers: messages of the client reach every replica that has the session.
 * @param tag of this instance alone; answers with another one are dropped here
 */
export function createTaggedTransport(
  inner: WebStandardStreamableHTTPServerTransport,
  tag: string,
  traffic: Traffic,
): Transport {
  const outer: ServerTransport = {
    get sessionId() {
      return inner.sessionId;
    },
    start: () => inner.start(),
    close: () => inner.close(),
    setSupportedProtocolVersions: (versions) => inner.setSupportedProtocolVersions(versions),
    setScopeChallengeResolver: (resolver) => inner.setScopeChallengeResolver(resolver),
    send: (message, { relatedRequestId } = {}) => {
      if (isJSONRPCResponse(message) && message.id !== undefined) traffic.onAnswer(message.id);
      return inner.send(toTagged(message, tag), relatedRequestId === undefined ? {} : { relatedRequestId });
    },
  };
  inner.onclose = () => outer.onclose?.();
  inner.onerror = (error) => outer.onerror?.(error);
  inner.onmessage = (message, extra) => {
    const own = toOwn(message, tag);
    if (own === undefined) return;
    if (isJSONRPCRequest(own)) traffic.onRequest(own.id);
    outer.onmessage?.(own, extra);
    const cancelled = cancelledId(own);
    if (cancelled !== undefined) traffic.onCancel(cancelled);
  };
  return outer;
}

/** The request that a client's message calls off, if it does. */
export function cancelledId(message: JSONRPCMessage): RequestId | undefined {
  if (!isJSONRPCNotification(message) || message.method !== "notifications/cancelled") return undefined;
  const id = message.params?.["requestId"];
  return typeof id === "string" || typeof id === "number" ? id : undefined;
}

/** Whether a client's message answers a request that was sent under this tag. */
export function isAnswerTo(tag: string, message: JSONRPCMessage): boolean {
  return isJSONRPCResponse(message) && toNumber(message.id, tag) !== undefined;
}

function toTagged(message: JSONRPCMessage, tag: string): JSONRPCMessage {
  if (isJSONRPCRequest(message)) {
    const progressToken = message.params?._meta?.progressToken;
    const tagged = { ...message, id: `${tag}:${message.id}` };
    if (progressToken === undefined) return tagged;
    const _meta = { ...message.params?._meta, progressToken: `${tag}:${progressToken}` };
    return { ...tagged, params: { ...message.params, _meta } };
  }
  const requestId = cancelledId(message);
  if (requestId === undefined || !isJSONRPCNotification(message)) return message;
  return { ...message, params: { ...message.params, requestId: `${tag}:${requestId}` } };
}

/** @returns undefined for an answer to, or progress of, a request that this instance did not send */
function toOwn(message: JSONRPCMessage, tag: string): JSONRPCMessage | undefined {
  if (isJSONRPCResponse(message)) {
    const id = toNumber(message.id, tag);
    if (id === undefined) return undefined;
    return isJSONRPCErrorResponse(message) ? { ...message, id } : { ...message, id };
  }
  if (!isJSONRPCNotification(message) || message.method !== "notifications/progress") return message;
  const progressToken = toNumber(message.params?.["progressToken"], tag);
  return progressToken === undefined ? undefined : { ...message, params: { ...message.params, progressToken } };
}

function toNumber(id: unknown, tag: string): number | undefined {
  if (typeof id !== "string" || !id.startsWith(`${tag}:`)) return undefined;
  const digits = id.slice(tag.length + 1);
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}
