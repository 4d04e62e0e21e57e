import type { ErrorKind } from "../errors.ts";
import type { FailureClass } from "./retry-policy.ts";

/** What one of the data provider's status codes means for a caller. */
export interface CodeMeaning {
  kind: Extract<ErrorKind, "input" | "rejected" | "unavailable" | "contract">;
  /** Our own words; completes "The data provider …". */
  says: string;
  advice: string;
  retryAfterMs?: number;
  /** Left out: not to be sent again by itself. */
  failureClass?: FailureClass;
}

const input = (says: string, advice: string): CodeMeaning => ({ kind: "input", says, advice });
const rejected = (says: string, advice: string): CodeMeaning => ({ kind: "rejected", says, advice });
const unavailable = (
  says: string,
  advice: string,
  more: Pick<CodeMeaning, "retryAfterMs" | "failureClass"> = {},
): CodeMeaning => ({ kind: "unavailable", says, advice, ...more });

/** A customer of the gateway has no account with the data provider: the one that is meant is the gateway's, as far as known. */
const TELL_GATEWAY =
  "Do not retry; the account behind this is most likely the gateway's own, so tell the gateway's support.";

/**
 * The status codes a Live call can answer with.
 * @see docs.dataforseo.com/v3/appendix/errors, stored copy of 2026-08-13; when to retry is our judgement
 */
const MEANINGS: Readonly<Record<number, CodeMeaning>> = {
  40000: input("takes one task in a call", "Report this: the server should have sent one."),
  40100: rejected("does not accept the credentials", TELL_GATEWAY),
  40101: unavailable("had an internal error", "Try again in a minute."),
  40103: unavailable("could not carry out the task", "Try again once."),
  40104: rejected("wants the account verified first", TELL_GATEWAY),
  40200: rejected("wants a payment first", TELL_GATEWAY),
  40201: rejected("has paused the account", TELL_GATEWAY),
  40202: unavailable("has reached its rate limit per minute", "Then try again.", {
    retryAfterMs: 60_000,
    failureClass: "provider_rate_limit",
  }),
  40203: rejected("reports a cost limit as reached", TELL_GATEWAY),
  40204: rejected("denies access to its Backlinks data", TELL_GATEWAY),
  40205: rejected("refuses the same task again within an hour", "Wait an hour or change the request."),
  40206: rejected("refuses the same task again within a day", "Wait a day or change the request."),
  40207: rejected("does not accept this address", TELL_GATEWAY),
  40209: unavailable("has too many calls under way", "Then try again.", {
    retryAfterMs: 5_000,
    failureClass: "provider_crowded",
  }),
  40210: rejected("reports insufficient funds", TELL_GATEWAY),
  40403: unavailable("no longer holds the result", "Ask again."),
  40501: input("refuses a field of the request", "Check that field's value, or leave it out."),
  40502: input("found the request empty", "Report this: the server should have sent a body."),
  40503: input("could not read the request", "Leave filters and sorting out to see which part it is."),
  40504: input("refuses the request", "Leave filters and sorting out to see which part it is."),
  40505: input("refuses outdated data in the request", "Check the dates in the filters."),
  40506: input("does not know a field of the request", "Leave the newest filter field out."),
  50000: unavailable("had an internal error", "Try again in a minute."),
  50001: unavailable("could not check the balance", "Try again in a minute."),
  50100: rejected("does not offer this function", "Do not retry."),
  50301: unavailable("lost a service it depends on", "Try again in a minute."),
  50302: unavailable("is not available", "Try again in a minute."),
  50303: unavailable("is being updated", "Then try again.", { retryAfterMs: 300_000 }),
  50304: unavailable("is not available", "Try again in a minute."),
  50401: unavailable("needed more than its 120 seconds", "Ask for less: a smaller limit, a subdomain, or filters."),
  50402: unavailable("waited too long for a page", "Try again once."),
};

/** A code that is not in the table is read by its hundreds: 4xxxx is about the request or account, 5xxxx passes. */
export function meaningOf(code: number): CodeMeaning {
  const known = MEANINGS[code];
  if (known !== undefined) return known;
  if (code >= 40400 && code < 40500) return input("did not find what the request names", "Check the target.");
  if (code >= 40500 && code < 40600) return input("refuses the request", "Check the arguments.");
  if (code >= 40000 && code < 50000) return rejected(`refused with code ${code}`, TELL_GATEWAY);
  if (code >= 50000 && code < 60000) return unavailable(`failed with code ${code}`, "Try again in a minute.");
  return { kind: "contract", says: `answered with an unknown code (${code})`, advice: "Report this." };
}

/** No data, told as an error: an empty list, not a failure. */
export const NO_RESULTS = 40102;

export const OK = 20000;

/** Codes that may be about the form of the body rather than its content: worth one try in the other form. */
export const FORM_CODES: ReadonlySet<number> = new Set([40000, 40502, 40503, 40504, 40506]);
