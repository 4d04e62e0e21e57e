import { AppError } from "../errors.ts";
import type { Fetched, FetchPages } from "../pages/get-pages.ts";
import { type PagesRequest, toRequestBody } from "../pages/request/request.ts";
import { type Outcome, readEnvelope } from "./envelope.ts";
import { type Wire, WireFailure, type WireFailureReason, type WireReply } from "./wire.ts";

/** The endpoint's path under the base URL. */
const DOMAIN_PAGES_PATH = "/dataforseo/backlinks/domain_pages/live";

export type BodyForm = "object" | "array";

export interface ClientDeps {
  wire: Wire;
  /** The base URL's path, without a trailing slash: `/apis/v1`. */
  basePath: string;
  apiKey: string;
  /** `auto` starts with the documented object and remembers what was accepted. */
  bodyForm: BodyForm | "auto";
  timeoutMs: number;
  /** Told once per exchange, for the log; never holds the key. */
  onExchange?: (event: ExchangeEvent) => void;
  now: () => number;
}

export interface ExchangeEvent {
  target: string;
  form: BodyForm;
  /** HTTP status, or why there was none. */
  status: number | WireFailureReason;
  durationMs: number;
  bytes: number;
}

/**
 * The paid call: encode → exchange → open the envelope.
 *
 * The endpoint's page documents a bare object, later contracts an array of one task. In `auto` the other form is
 * tried once, and only after a refusal that cost nothing and may be about the form.
 */
export function createFetchPages(deps: ClientDeps): FetchPages {
  let accepted: BodyForm | undefined = deps.bodyForm === "auto" ? undefined : deps.bodyForm;

  return async (request, signal): Promise<Fetched> => {
    const form = accepted ?? "object";
    const outcome = await exchangeOnce(request, form, deps, signal);
    if (outcome.ok) {
      accepted = form;
      return outcome;
    }
    if (accepted !== undefined || !outcome.mayBeForm) throw outcome.error;
    const second = await exchangeOnce(request, "array", deps, signal);
    if (!second.ok) throw second.mayBeForm ? outcome.error : second.error;
    accepted = "array";
    return second;
  };
}

async function exchangeOnce(
  request: PagesRequest,
  form: BodyForm,
  { wire, basePath, apiKey, timeoutMs, onExchange, now }: ClientDeps,
  signal: AbortSignal,
): Promise<Outcome> {
  const body = toRequestBody(request);
  const startedAt = now();
  const report = (status: ExchangeEvent["status"], bytes: number) =>
    onExchange?.({ target: request.target, form, status, durationMs: now() - startedAt, bytes });
  let reply: WireReply;
  try {
    reply = await wire({
      method: "POST",
      path: `${basePath}${DOMAIN_PAGES_PATH}`,
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(form === "array" ? [body] : body),
      signal,
    });
  } catch (error) {
    if (!(error instanceof WireFailure)) throw error;
    report(error.reason, 0);
    throw toAppError(error, timeoutMs);
  }
  report(reply.status, Buffer.byteLength(reply.body));
  return readEnvelope(reply);
}

/** A missing reply in the user's terms: what happened, whether it may have been billed, what to do. */
function toAppError({ reason, wasSent, cause }: WireFailure, timeoutMs: number): AppError {
  const charge = wasSent ? "unknown" : "not_charged";
  const facts = { charge, cause, detail: cause instanceof Error ? `${reason}: ${cause.message}` : reason } as const;
  switch (reason) {
    case "cancelled":
      return new AppError("cancelled", "The call was cancelled.", facts);
    case "timeout":
      return new AppError("unavailable", `The gateway did not answer within ${Math.round(timeoutMs / 1000)} s.`, {
        ...facts,
        advice: wasSent
          ? "Check the account's usage before sending it again; a smaller limit or filters make it faster."
          : "Check the network and the proxy settings.",
      });
    case "unreachable":
      return new AppError("unavailable", "The gateway could not be reached.", {
        ...facts,
        advice: "Check the network, the proxy settings and AISA_BASE_URL (`domain-pages-mcp doctor` tests them).",
      });
    case "too_large":
      return new AppError("contract", "The answer was larger than the server takes in.", {
        ...facts,
        advice: "Ask for fewer pages or a smaller internal_list_limit.",
      });
    case "broken_off":
      return new AppError("unavailable", "The connection to the gateway broke off before the answer was complete.", {
        ...facts,
        advice: "Check the account's usage before sending it again.",
      });
  }
}
