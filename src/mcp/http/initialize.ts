import {
  type InitializeRequest,
  isInitializeRequest,
  isJSONRPCRequest,
  type RequestId,
} from "@modelcontextprotocol/server";

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
