import type { RequestId } from "@modelcontextprotocol/server";
import { isEventStream } from "./live-session.ts";

/** The two forms of an answer, and which of them a client takes. */
export interface Taken {
  json: boolean;
  events: boolean;
}

const JSON_TYPE = "application/json";
const EVENTS_TYPE = "text/event-stream";

/**
 * Reads an `Accept` header as RFC 9110 has it: any case, wildcards, `q=0` for what is not taken, the closest range decides.
 * @param accept null for none, which takes anything
 */
export function readAccept(accept: string | null): Taken {
  if (accept === null || accept.trim() === "") return { json: true, events: true };
  const ranges = accept.split(",").map((part) => {
    const [written = "", ...parameters] = part.split(";").map((word) => word.trim().toLowerCase());
    // As programs in Java write it.
    const range = written === "*" ? "*/*" : written;
    return { range, isTaken: !parameters.some((word) => /^q\s*=\s*0(?:\.0*)?$/.test(word)) };
  });
  const takes = (type: string): boolean => {
    const closest = [type, `${type.slice(0, type.indexOf("/"))}/*`, "*/*"]
      .map((wanted) => ranges.find(({ range }) => range === wanted))
      .find((range) => range !== undefined);
    return closest?.isTaken === true;
  };
  return { json: takes(JSON_TYPE), events: takes(EVENTS_TYPE) };
}

/**
 * The request as the SDK wants it, which looks for both types by their letters and answers 406 without them.
 * The body is left out: it was read before.
 */
export function asTakingBoth(request: Request): Request {
  const accept = request.headers.get("accept") ?? "";
  if (accept.includes(JSON_TYPE) && accept.includes(EVENTS_TYPE)) return request;
  const headers = new Headers(request.headers);
  headers.set("accept", `${JSON_TYPE}, ${EVENTS_TYPE}`);
  return new Request(request.url, { method: request.method, headers, signal: request.signal });
}

export interface FitOptions {
  taken: Taken;
  /** Of the request, parsed: whether it was a batch, and whom to answer. */
  body: unknown;
  id: RequestId | null;
  /** Ends the wait for an answer that nobody will read. */
  signal: AbortSignal;
  /** The server asks the client something in the answer, where a client without streams never sees it. */
  onQuestion: (id: RequestId) => Promise<unknown>;
}

/** An answer in a form that its client takes. Refusals by status stay JSON: their status is what clients go by. */
export async function fitAnswer(response: Response, options: FitOptions): Promise<Response> {
  const { taken } = options;
  if (isEventStream(response)) return taken.events ? response : await toJsonAnswer(response, options);
  const isAnswer = response.status === 200 && response.headers.get("content-type")?.startsWith(JSON_TYPE) === true;
  return isAnswer && !taken.json ? await toEventAnswer(response) : response;
}

/** News that came before the answer has no place in it. */
async function toJsonAnswer(response: Response, { body, id, signal, onQuestion }: FitOptions): Promise<Response> {
  const answers: unknown[] = [];
  for await (const message of readEvents(response, signal)) {
    if (!("method" in message)) answers.push(message);
    else if (typeof message.id === "string" || typeof message.id === "number") await onQuestion(message.id);
  }
  const cancelled = { jsonrpc: "2.0", id, error: { code: -32_000, message: "Cancelled" } };
  const answer = Array.isArray(body) ? answers : (answers[0] ?? cancelled);
  return Response.json(answer, { headers: withType(response, JSON_TYPE) });
}

async function toEventAnswer(response: Response): Promise<Response> {
  const text = (await response.text()).trim();
  return new Response(`event: message\ndata: ${text}\n\n`, { headers: withType(response, EVENTS_TYPE) });
}

function withType({ headers }: Response, type: string): Headers {
  const changed = new Headers(headers);
  changed.set("content-type", type);
  changed.delete("content-length");
  changed.delete("x-accel-buffering");
  return changed;
}

/** The messages of a stream of ours: an event each, its data on one line. */
async function* readEvents(response: Response, signal: AbortSignal): AsyncGenerator<{ method?: string; id?: unknown }> {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const leave = () => void reader.cancel().catch(() => {});
  if (signal.aborted) leave();
  else signal.addEventListener("abort", leave, { once: true });
  try {
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.startsWith("data: ")) yield JSON.parse(line.slice("data: ".length));
    }
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
