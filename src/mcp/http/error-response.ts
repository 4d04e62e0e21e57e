import { isJsonContentType, readRequestBody } from "@modelcontextprotocol/server";

/** JSON-RPC's code for a request whose form is wrong. */
export const INVALID_REQUEST = -32600;
/** JSON-RPC's code for text that is no JSON-RPC message. */
export const PARSE_ERROR = -32700;
/** JSON-RPC's code for a method that the other side does not have. */
export const METHOD_NOT_FOUND = -32601;
/** JSON-RPC's code for a mistake of the server. */
export const INTERNAL_ERROR = -32603;
/** What the SDK uses for everything that HTTP alone has a name for. */
export const REFUSED = -32000;
/** What clients of the older era know as "open a new session". */
const SESSION_NOT_FOUND = -32001;

/** How soon a client that was turned away for want of room may come again. */
const RETRY_AFTER_SECONDS = 5;

/** A refusal that both an HTTP and a JSON-RPC client understand. `id` is that of the request, null where it is not known. */
export function toErrorResponse(
  status: number,
  code: number,
  message: string,
  { id = null, headers = {} }: { id?: string | number | null; headers?: Record<string, string> } = {},
): Response {
  return Response.json({ jsonrpc: "2.0", error: { code, message }, id }, { status, headers });
}

/** The same for a session that never was, has ended, was not used for its time, or is somebody else's: nothing leaks. */
export function sessionNotFound(): Response {
  return toErrorResponse(404, SESSION_NOT_FOUND, "Session not found");
}

/** @param status 503 when this replica has no room or cannot tell now, 429 when the caller takes too much of it */
export function comeAgainLater(status: 429 | 503, message: string, id: string | number | null = null): Response {
  return toErrorResponse(status, REFUSED, message, { id, headers: { "Retry-After": String(RETRY_AFTER_SECONDS) } });
}

/** The id to answer a body with: that of a single request, else null. */
export function idOf(body: unknown): string | number | null {
  if (typeof body !== "object" || body === null || !("method" in body) || !("id" in body)) return null;
  return typeof body.id === "string" || typeof body.id === "number" ? body.id : null;
}

/** The body of a POST as JSON, or why it is not taken. */
type Body = { body: unknown } | { refusal: Response };

/**
 * Reads a POST's body once for both eras.
 * @param given the body as JSON, where somebody has read it already; then it is not measured again
 */
export async function readBody(request: Request, given: unknown, maxBytes: number): Promise<Body> {
  if (!isJsonContentType(request.headers.get("content-type"))) {
    return { refusal: toErrorResponse(415, REFUSED, "Unsupported Media Type: Content-Type must be application/json") };
  }
  if (given !== undefined) return { body: given };
  try {
    const read = await readRequestBody(request, maxBytes);
    if (!read.tooLarge) return { body: JSON.parse(read.text) };
    const rule = `Payload Too Large: Request body must not exceed ${maxBytes} bytes`;
    return { refusal: toErrorResponse(413, REFUSED, rule) };
  } catch {
    return { refusal: toErrorResponse(400, PARSE_ERROR, "Parse error: the request body is not valid JSON") };
  }
}
