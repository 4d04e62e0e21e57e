import { AppError } from "../errors.ts";
import { otherTargetOf, partAnswers } from "../lists/endpoint-answer.ts";
import { createSnapshot, type Fetched } from "../lists/snapshot.ts";
import type { PagesRequest } from "../pages/body.ts";
import { asPages, DOMAIN_PAGES } from "../pages/domain-pages.ts";
import { readEnvelope, readSavedAnswers } from "../upstream/envelope.ts";
import { type Snapshot, toRequestKey } from "./answers.ts";

/** What came back from your own HTTP call to the endpoint. */
export interface Reply {
  /** The HTTP status. */
  status: number;
  /** `response.headers` of fetch, or an object as Node's, axios' and undici's are. They tell what the call cost. */
  headers?: Iterable<readonly [string, string]> | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body: its text, or what `response.json()` made of it. */
  body: unknown;
}

/** The call that a reply belongs to. */
export interface Call {
  /** The request that was sent, as `parseRequest` returned it. */
  request: PagesRequest;
  /** When the reply came, ms since 1970; null when that is not known. */
  receivedAt: number | null;
  /** `sandbox` for replies of the sandbox (`domain-pages-mcp sandbox`), so that answers say so. @default "aisa" */
  source?: "aisa" | "sandbox";
  /** Who was asked, as for `toRequestKey`. @default the source */
  upstream?: string;
}

/**
 * Opens a reply: the envelope's own failures, of the gateway and of the data provider, count whatever the HTTP status.
 * @returns the answer as a snapshot: plain data, to be kept as JSON for as long as you like; it shares nothing with `body`
 * @throws {AppError} for every reply without data, with what is known about the charge (`facts.charge`), what to do
 *   (`facts.advice`) and when to try again (`facts.retryAfterMs`)
 * @example
 * const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(toRequestBody(request)) });
 * const snapshot = readReply(
 *   { status: response.status, headers: response.headers, body: await response.text() },
 *   { request, receivedAt: Date.now() },
 * );
 */
export function readReply({ status, headers, body }: Reply, call: Call): Snapshot {
  const { request, receivedAt, source = "aisa", upstream = source } = call;
  const wireReply = { status, headers: toPlainHeaders(headers), body: toText(body, "reply") };
  const outcome = readEnvelope(wireReply, receivedAt ?? undefined);
  if (!outcome.ok) throw outcome.error;
  const { asked } = partAnswers(DOMAIN_PAGES, request.target, [outcome.answer, ...outcome.others]);
  if (asked === undefined) throw refuseOther(request.target, outcome);
  return createSnapshot(DOMAIN_PAGES, asked, {
    source,
    request,
    requestKey: toRequestKey(request, upstream),
    fetchedAt: receivedAt,
    charge: outcome.charge,
  });
}

function refuseOther(asked: string, { answer, charge, requestId }: Fetched): AppError {
  const usd = charge.kind === "reported" ? charge.usd : undefined;
  return new AppError(
    "contract",
    `The reply is about ${otherTargetOf(DOMAIN_PAGES, answer, asked)} and not about ${asked}.`,
    {
      charge: usd === undefined ? "unknown" : usd > 0 ? "charged" : "not_charged",
      ...(usd !== undefined && usd > 0 && { chargedUsd: usd }),
      ...(requestId !== undefined && { requestId }),
      advice: "Asking again buys again: first have the gateway, or what stands between, looked at.",
    },
  );
}

/**
 * Opens an answer that was saved, by this endpoint or by DataForSEO's own. The request and the time are read from the
 * answer, as far as it tells them; answers call it imported, and name no price.
 * @param body the JSON text, or what was parsed of it
 * @throws {AppError} of kind `input` when it is no answer, several, that of a failed call, or of another endpoint
 * @example
 * const snapshot = readSavedAnswer(await readFile("answer.json", "utf8"));
 */
export function readSavedAnswer(body: unknown): Snapshot {
  const [snapshot, ...others] = readSavedAnswers(toText(body, "saved answer"), "The saved answer").snapshots;
  if (snapshot !== undefined && others.length === 0) return asPages(snapshot);
  throw new AppError("input", `The saved answer holds ${others.length + 1} answers.`, {
    advice: "Pass one at a time: split the text, or call it with one of the tasks.",
  });
}

/** Parsed again from its text, an object cannot change under the snapshot that was made of it. */
function toText(body: unknown, name: string): string {
  if (typeof body === "string") return body;
  try {
    return JSON.stringify(body) ?? "";
  } catch (error) {
    throw new AppError("input", `The body of the ${name} is neither text nor plain JSON data.`, { cause: error });
  }
}

/** Lower-case names, one text each. */
function toPlainHeaders(headers: Reply["headers"] = {}): Record<string, string> {
  const entries: Iterable<readonly [string, string | readonly string[] | undefined]> =
    Symbol.iterator in headers ? (headers as Iterable<readonly [string, string]>) : Object.entries(headers);
  return Object.fromEntries(
    Array.from(entries).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), typeof value === "string" ? value : value.join(", ")]],
    ),
  );
}
