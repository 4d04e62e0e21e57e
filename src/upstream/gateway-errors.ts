import type { AppErrorFacts, ErrorKind, FailureCharge } from "../errors.ts";
import type { FailureClass } from "./retry-policy.ts";

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
      advice: "Try without filters and sorting; if that is refused too, set DOMAIN_PAGES_BODY_FORM or report it.",
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
