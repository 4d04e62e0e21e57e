import type { IncomingMessage } from "node:http";
import type { Refusal } from "./http-refusal.ts";
import { hasBody } from "./request-body.ts";
import type { RequestContext } from "./request-context.ts";

/** An unread body up to this size is read to its end and the connection kept; beyond it, closing is cheaper. */
const SMALL_BODY_BYTES = 64 * 1024;

/** So much of a refused body is thrown away before the connection closes on the rest. */
const MAX_DROPPED_BYTES = 16 * 1024 * 1024;

/** A small answer of our own; nothing happens when the client is gone or an answer has begun. */
export function sendJson(
  context: RequestContext,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  sendText(context, status, `${JSON.stringify(body)}\n`, { "content-type": "application/json", ...headers });
}

/** @param headers with the content type */
export function sendText(
  { req, res }: RequestContext,
  status: number,
  text: string,
  headers: Record<string, string>,
): void {
  if (res.headersSent || res.destroyed) return;
  res.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(text)) });
  res.end(req.method === "HEAD" ? undefined : text);
}

/**
 * A JSON-RPC error on the endpoint, `{"error": "…"}` elsewhere; its id is null, since the refusal came before the
 * message was read, or is about more than one.
 */
export function sendRefusal(context: RequestContext, refusal: Refusal, lingerMs: number): void {
  const { status, code, message } = refusal.form;
  const body = context.route === "/mcp" ? { jsonrpc: "2.0", error: { code, message }, id: null } : { error: message };
  sendAfterUnread(context, status, body, { ...refusal.facts.headers }, refusal.form.closes === true, lingerMs);
}

/**
 * Sends an answer to a request whose body may still be on its way. A connection that closes on unread bytes is reset,
 * and the client may never see why: so the answer is complete at once, and the end of it waits for the client to stop.
 */
function sendAfterUnread(
  context: RequestContext,
  status: number,
  body: object,
  headers: Record<string, string>,
  mustClose: boolean,
  lingerMs: number,
): void {
  const { req, res, awaitsContinue } = context;
  if (res.headersSent || res.destroyed) return;
  const isUnread = hasBody(req) && !req.complete;
  const closes = mustClose || (isUnread && (awaitsContinue || !isSmall(req)));
  if (closes) res.setHeader("connection", "close");
  if (!closes || !isUnread || awaitsContinue || req.method === "HEAD") {
    sendJson(context, status, body, headers);
    return;
  }
  const text = `${JSON.stringify(body)}\n`;
  const length = String(Buffer.byteLength(text));
  res.writeHead(status, { "content-type": "application/json", ...headers, "content-length": length });
  res.write(text);
  dropRest(req, lingerMs, () => res.end());
}

function isSmall(req: IncomingMessage): boolean {
  return Number(req.headers["content-length"] ?? Number.POSITIVE_INFINITY) <= SMALL_BODY_BYTES;
}

function dropRest(req: IncomingMessage, lingerMs: number, done: () => void): void {
  let dropped = 0;
  const finish = () => {
    clearTimeout(timer);
    req.off("data", onData).off("end", finish).off("close", finish);
    done();
  };
  const onData = (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > MAX_DROPPED_BYTES) finish();
  };
  const timer = setTimeout(finish, lingerMs);
  req.on("data", onData).once("end", finish).once("close", finish).resume();
}
