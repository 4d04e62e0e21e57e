/** What the gateway sees of one request. Header names are lower case. */
export interface GatewayRequest {
  method: string;
  path: string;
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
}

export interface GatewayReply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export function jsonReply(status: number, body: unknown, headers: Record<string, string> = {}): GatewayReply {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}

/** The gateway's documented form of an error; `more` goes inside it. */
export function errorReply(status: number, type: string, code: string, message: string, more: object = {}) {
  return jsonReply(status, { error: { type, code, message, ...more } });
}

export function withHeaders(reply: GatewayReply, headers: Record<string, string>): GatewayReply {
  return { ...reply, headers: { ...reply.headers, ...headers } };
}
