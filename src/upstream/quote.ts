import { AppError } from "../errors.ts";
import type { Quote } from "../pages/endpoint.ts";
import { isPlausiblePrice } from "./charge.ts";
import { type FailedOutcome, readEnvelope } from "./envelope.ts";
import type { WireReply } from "./wire.ts";

/**
 * Reads the reply to a question for the price. Data is an answer too, and a paid one; a price that was charged for is
 * a failure, because nothing came for the money.
 * @param at when the reply came, ms since 1970
 */
export function readQuote(reply: WireReply, at: number): { ok: true; quote: Quote } | FailedOutcome {
  const outcome = readEnvelope(reply, at);
  if (outcome.ok) {
    const { answer, charge, requestId } = outcome;
    return { ok: true, quote: { kind: "bought", fetched: { answer, charge, requestId } } };
  }
  if (outcome.estimate === undefined) return outcome;
  if (outcome.error.facts.charge !== "not_charged") return { ...outcome, error: chargedForQuote(outcome.error) };
  return { ok: true, quote: readFigures(outcome.estimate) };
}

function chargedForQuote({ facts }: AppError): AppError {
  return new AppError("contract", "The gateway charged for telling its price.", {
    ...facts,
    advice: "Set DOMAIN_PAGES_QUOTES to off, and tell the gateway's support.",
  });
}

/** An estimate that does not say whether it may be exceeded may be. */
function readFigures({
  estimated_cost_micros_usd: micros,
  may_exceed_estimate: mayExceed,
}: Record<string, unknown>): Quote {
  if (typeof micros !== "number" || !isPlausiblePrice(micros / 1_000_000)) {
    return { kind: "none", why: "the gateway's estimate holds no figure that can be a price" };
  }
  return { kind: "quoted", usd: micros / 1_000_000, mayExceed: mayExceed !== false };
}

/**
 * What a failed question means for whoever asked.
 * @returns no quote, where the gateway refused the question without cost
 * @throws {AppError} the failure itself, where money may be involved, and where a purchase would fail alike (key,
 * balance, no connection, a rate limit): asking a person to agree to that purchase first would be idle
 */
export function toNoQuote(error: AppError): Quote {
  const { charge, reason } = error.facts;
  if (charge !== "not_charged" || !(reason === "price_cap" || MAY_BE_ABOUT_ASKING.has(error.kind))) throw error;
  const [first = "", ...rest] = error.message.replace(/\.$/, "");
  const why = [first.toLowerCase(), ...rest].join("");
  return { kind: "none", why, ...(reason !== undefined && { reason }) };
}

/** Refusals that a gateway without quotes may give to the question, and not to the call. */
const MAY_BE_ABOUT_ASKING: ReadonlySet<AppError["kind"]> = new Set(["input", "contract", "config"]);
