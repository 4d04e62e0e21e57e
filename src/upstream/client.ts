import type { FetchPages, FetchQuote } from "../pages/endpoint.ts";
import { type FailedOutcome, readEnvelope } from "./envelope.ts";
import { readQuote, toNoQuote } from "./quote.ts";
import { type BodyForm, beginCall, type SendDeps, type SendInForm } from "./send-call.ts";

export interface ClientDeps extends SendDeps {
  /** `auto` starts with the documented object and remembers what was accepted. */
  bodyForm: BodyForm | "auto";
  /** What goes along, or is asked at all; each can be switched off, should a gateway refuse it. */
  send: SendDeps["send"] & { quote: boolean };
}

export interface Client {
  fetchPages: FetchPages;
  fetchQuote: FetchQuote;
}

/** The paid endpoint as the product knows it: encode → exchange, again where that is free of risk → open the envelope. */
export function createClient(deps: ClientDeps): Client {
  const inAcceptedForm = createFormFinder(deps.bodyForm);

  const fetchPages: FetchPages = async (request, terms, signal) => {
    const send = beginCall({ request, terms, signal, mode: "pages" }, readEnvelope, deps);
    const outcome = await inAcceptedForm(send, () => true);
    if (!outcome.ok) throw outcome.error;
    const { answer, charge, requestId } = outcome;
    return { answer, charge, requestId };
  };

  const fetchQuote: FetchQuote = async (request, terms, signal) => {
    if (!deps.send.quote) return { kind: "none", why: "quotes are switched off (DOMAIN_PAGES_QUOTES)" };
    const send = beginCall({ request, terms, signal, mode: "quote" }, readQuote, deps);
    const outcome = await inAcceptedForm(send, ({ quote }) => quote.kind === "bought");
    return outcome.ok ? outcome.quote : toNoQuote(outcome.error);
  };

  return { fetchPages, fetchQuote };
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
