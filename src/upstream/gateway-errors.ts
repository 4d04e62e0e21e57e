import type { AppErrorFacts, ErrorKind, FailureCharge } from "../errors.ts";
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

/** The gateway's own error, whichever shape it came in. */
export interface GatewayError {
  type: string | undefined;
  code: string | undefined;
  message: string | undefined;
  requestId: string | undefined;
  retryable: boolean | undefined;
}

/** What a gateway error means for a caller; `message` is ours. */
export interface GatewayMeaning {
  kind: ErrorKind;
  message: string;
  advice: string;
  charge: FailureCharge;
  failureClass: FailureClass;
  reason?: NonNullable<AppErrorFacts["reason"]>;
}

/**
 * Finds the gateway's error in a body: `{"error": {…}}`, `{"error": "text"}`, `{"success": false, "message": …}`,
 * or without a frame (`{"message": …}`, a problem document).
 * @returns undefined when the body reports none
 * @see AIsa-team/docs errors.mdx (2026-04-22); plain text and `success: false` as observed by client authors
 */
export function readGatewayError(body: unknown): GatewayError | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const { error, success, message, title, detail, ...rest } = body as Record<string, unknown>;
  if (typeof error === "string" && error !== "") return toError({ ...rest, message: error });
  if (typeof error === "object" && error !== null) return toError({ request_id: rest["request_id"], ...error });
  const words = message ?? detail ?? title;
  const failed = success === false || error === true || (!("tasks" in body) && typeof words === "string");
  return failed ? toError({ ...rest, message: words }) : undefined;
}

function toError(fields: Record<string, unknown>): GatewayError {
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  return {
    type: text(fields["type"]),
    code: text(fields["code"]),
    message: text(fields["message"]),
    requestId: text(fields["request_id"]),
    retryable: typeof fields["retryable"] === "boolean" ? fields["retryable"] : undefined,
  };
}

const OWNER = "Do not retry; the account's owner has to look at it.";

type Row = Omit<GatewayMeaning, "charge" | "failureClass"> & Partial<GatewayMeaning>;

/** Errors that their code or words identify, whatever the HTTP status. */
const BY_NAME: readonly { match: RegExp; row: Row }[] = [
  {
    match: /estimated_price_exceeds_max_price/,
    row: {
      kind: "rejected",
      message: "The gateway's price for this call is above the cap that was set.",
      advice: "Ask for fewer pages, or have the price cap raised.",
      reason: "price_cap",
    },
  },
  {
    match: /quota_exceeded/,
    row: {
      kind: "rejected",
      message: "The key's spending cap is used up.",
      advice: "Waiting does not help; the owner can raise the cap.",
    },
  },
  {
    match: /already admitted/,
    row: {
      kind: "unavailable",
      message: "The gateway already took this very call once.",
      advice: "Do not send it again: its outcome is with the first call.",
      charge: "unknown",
    },
  },
  {
    match: /settlement failed/,
    row: {
      kind: "unavailable",
      message: "The gateway fetched the data but could not settle the payment, and kept the data back.",
      advice: "Do not retry: check the account's usage first.",
      charge: "unknown",
    },
  },
  {
    match: /endpoint contract/,
    row: {
      kind: "contract",
      message: "The gateway says the request does not match its description of this endpoint.",
      advice:
        "Try without filters and sorting; if that is refused too, name a form of the body in DOMAIN_PAGES_GATEWAY_HABITS or report it.",
    },
  },
  {
    match: /api endpoint not found|unknown_endpoint/,
    row: {
      kind: "config",
      message: "The gateway does not know the endpoint.",
      advice: "Check AISA_BASE_URL; it should end in /apis/v1.",
    },
  },
];

const BY_STATUS: Readonly<Record<number, Row>> = {
  400: {
    kind: "input",
    message: "The gateway refused the request as malformed.",
    advice: "Leave out filters and sorting to see which part it is.",
  },
  401: {
    kind: "rejected",
    message: "The gateway does not accept the API key.",
    advice: "Do not retry; check AISA_API_KEY (`domain-pages-mcp doctor` tests it for free).",
  },
  402: {
    kind: "rejected",
    message:
      "The gateway wants a payment first: the balance or the subscription does not cover this call, or no valid key came with it.",
    advice: OWNER,
  },
  403: { kind: "rejected", message: "The API key may not use this endpoint, or not from here.", advice: OWNER },
  404: {
    kind: "config",
    message: "The gateway found nothing at this address.",
    advice: "Check AISA_BASE_URL; it should end in /apis/v1.",
  },
  409: {
    kind: "unavailable",
    message: "The gateway already has a call like this under way.",
    advice: "Do not send it again before the first one is known to have failed.",
    charge: "unknown",
  },
  413: { kind: "input", message: "The gateway found the request too large.", advice: "Shorten the filters." },
  422: {
    kind: "input",
    message: "The gateway refused a parameter of the request.",
    advice: "Leave out filters and sorting to see which part it is.",
  },
  429: {
    kind: "unavailable",
    message: "The gateway's rate limit is reached.",
    advice: "Try again later, with fewer calls at once.",
    failureClass: "rate_limited",
  },
};

/** Statuses that say nothing about whether the call was carried out. */
const AMBIGUOUS: Row = {
  kind: "unavailable",
  message: "The gateway failed.",
  advice: "Check the account's usage before sending it again.",
  charge: "unknown",
};

/**
 * What an error of the gateway means.
 * @param status the HTTP status; errors also come inside a 2xx
 * @param error undefined when the body held none that we can read (HTML, plain text)
 */
export function explainGatewayError(status: number, error: GatewayError | undefined): GatewayMeaning {
  const words = [error?.type, error?.code, error?.message].join(" ").toLowerCase();
  const row = BY_NAME.find(({ match }) => match.test(words))?.row ?? rowFor(status, error);
  return { charge: "not_charged", failureClass: "final", ...row };
}

function rowFor(status: number, error: GatewayError | undefined): Row {
  if (status >= 300 && status < 400) {
    return {
      kind: "config",
      message: "The gateway answered with a redirect, which is refused because the request carries the API key.",
      advice: "Set AISA_BASE_URL to the final address.",
    };
  }
  const known = BY_STATUS[status];
  if (known !== undefined) return known;
  if (status < 300) return rowByType(error) ?? { ...AMBIGUOUS, message: "The gateway reported an error." };
  if (status === 408) return { ...AMBIGUOUS, message: "The gateway gave up waiting (HTTP 408)." };
  if (status === 503 && error?.retryable === true) {
    return {
      kind: "unavailable",
      message: "The gateway is busy for a moment.",
      advice: "Try again in a few seconds.",
      failureClass: "busy",
    };
  }
  if (status >= 400 && status < 500) {
    return { kind: "rejected", message: `The gateway refused the call (HTTP ${status}).`, advice: OWNER };
  }
  return { ...AMBIGUOUS, message: `The gateway failed (HTTP ${status}).` };
}

/** An error inside HTTP 200 names the status it stands for by its type or code. */
function rowByType(error: GatewayError | undefined): Row | undefined {
  const words = `${error?.type ?? ""} ${error?.code ?? ""}`;
  const status = [
    { match: /authentication|api_key/, status: 401 },
    { match: /permission|not_allowed|region_blocked/, status: 403 },
    { match: /rate_limit/, status: 429 },
    { match: /insufficient|payment|balance/, status: 402 },
    { match: /not_found/, status: 404 },
    { match: /invalid_request|parameter|parse_error/, status: 400 },
  ].find(({ match }) => match.test(words))?.status;
  const row = status === undefined ? undefined : BY_STATUS[status];
  // Who answers 200 has let the call in: whatever it says then, that call is not sent again.
  return row && { ...row, failureClass: "final" };
}
