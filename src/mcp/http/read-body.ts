import { isJsonContentType, readRequestBody } from "@modelcontextprotocol/server";
import { PARSE_ERROR, REFUSED, toErrorResponse } from "./error-response.ts";

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
