import { AppError } from "../errors.ts";
import type { Endpoint } from "../lists/endpoint.ts";
import type { FetchList, FetchQuote, Quote } from "../lists/fetch-list.ts";
import { type FailedOutcome, readEnvelope } from "./envelope.ts";
import { isPlausiblePrice } from "./reply-headers.ts";
import { type BodyForm, beginCall, type SendDeps, type SendInForm } from "./send-call.ts";
import type { WireReply } from "./wire.ts";

export interface ClientDeps extends SendDeps {
  /** `auto` starts with the documented object and remembers what was accepted. */
  bodyForm: BodyForm | "auto";
  /** What goes along, or is asked at all; each can be switched off, should a gateway refuse it. */
  send: SendDeps["send"] & { quote: boolean };
}

export interface Client {
  fetchList: FetchList;
  fetchQuote: FetchQuote;
}

/** The paid endpoints as the product knows it: encode → exchange, again where that is free of risk → open the envelope. */
export function createClient(deps: ClientDeps): Client {
  const inAcceptedForm = createFormFinder(deps.bodyForm);

  const fetchList: FetchList = async (asked, terms, signal) => {
    const read = (reply: WireReply, at: number) => readEnvelope(reply, at, [asked.endpoint]);
    const send = beginCall({ ...asked, terms, signal, mode: "pages" }, read, deps);
    const outcome = await inAcceptedForm(send, () => true);
    if (!outcome.ok) throw outcome.error;
    const { ok: _ok, ...fetched } = outcome;
    return fetched;
  };

  const fetchQuote: FetchQuote = async (asked, terms, signal) => {
    if (!deps.send.quote) return { kind: "none", why: "quotes are switched off (DOMAIN_PAGES_GATEWAY_HABITS)" };
    const read = (reply: WireReply, at: number) => readQuote(reply, at, asked.endpoint);
    const send = beginCall({ ...asked, terms, signal, mode: "quote" }, read, deps);
    const outcome = await inAcceptedForm(send, ({ quote }) => quote.kind === "bought");
    return outcome.ok ? outcome.quote : toNoQuote(outcome.error);
  };

  return { fetchList, fetchQuote };
}

/**
 * The endpoint's page documents a bare object, later contracts an array of one task. In `auto` the other form is tried
 * once, and only after a refusal that cost nothing and may be about the form. A price alone settles nothing for the
 * object: a gateway may name it before it looks at the body.
 */
function createFormFinder(pinned: BodyForm | "auto") {
  let accepted: BodyForm | undefined = pinned === "auto" ? undefined : pinned;

  return async <T extends { ok: true }>(
    send: SendInForm<T>,
    broughtData: (outcome: T) => boolean,
  ): Promise<T | FailedOutcome> => {
    const form = accepted ?? "object";
    const outcome = await send(form);
    if (outcome.ok) {
      if (broughtData(outcome)) accepted = form;
      return outcome;
    }
    if (form === "array" || accepted === "object" || !outcome.mayBeForm) return outcome;
    const second = await send("array");
    if (!second.ok) return second.mayBeForm ? outcome : second;
    accepted = "array";
    return second;
  };
}

/**
 * Reads the reply to a question for the price. Data is an answer too, and a paid one; a price that was charged for is
 * a failure, because nothing came for the money.
 * @param at when the reply came, ms since 1970
 */
export function readQuote(
  reply: WireReply,
  at: number,
  endpoint: Endpoint,
): { ok: true; quote: Quote } | FailedOutcome {
  const outcome = readEnvelope(reply, at, [endpoint]);
  if (outcome.ok) {
    const { ok, ...fetched } = outcome;
    return { ok, quote: { kind: "bought", fetched } };
  }
  if (outcome.estimate === undefined) return outcome;
  if (outcome.error.facts.charge !== "not_charged") return { ...outcome, error: chargedForQuote(outcome.error) };
  return { ok: true, quote: readFigures(outcome.estimate) };
}

function chargedForQuote({ facts }: AppError): AppError {
  return new AppError("contract", "The gateway charged for telling its price.", {
    ...facts,
    advice: "Set DOMAIN_PAGES_GATEWAY_HABITS to no-quotes, and tell the gateway's support.",
  });
}

/** An estimate that does not say whether it may be exceeded may be. Of two figures that disagree the larger is the price. */
function readFigures({
  estimated_cost_micros_usd: micros,
  estimated_cost_usd: dollars,
  may_exceed_estimate: mayExceed,
}: Record<string, unknown>): Quote {
  const figures = [typeof micros === "number" ? micros / 1_000_000 : undefined, dollars].filter(isPrice);
  if (figures.length === 0) {
    return { kind: "none", why: "the gateway's estimate holds no figure that can be a price" };
  }
  return { kind: "quoted", usd: Math.max(...figures), mayExceed: mayExceed !== false };
}

const isPrice = (figure: unknown): figure is number => typeof figure === "number" && isPlausiblePrice(figure);

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
