import { errorReply, type GatewayReply, type GatewayRequest, jsonReply, withHeaders } from "../exchange.ts";
import { duplicateReply, priceCapReply } from "../paid-call.ts";
import type { Fault, FaultTable } from "./fault.ts";

const UNSEEN = { fate: "refused", billed: false } as const;
const PAID = { fate: "carried_out", billed: true } as const;

/** How far above the cap, or the price, a runaway charge is. */
const RUNAWAY_FACTOR = 10;

const PRICE = "x-aisa-price-usd";
const MICROS = "x-aisa-customer-cost-micros-usd";

const withCostMode =
  (mode: string | undefined) =>
  (request: GatewayRequest): GatewayRequest => ({
    ...request,
    headers: { ...request.headers, "x-aisa-cost-mode": mode },
  });

/** The same words in both charge headers: only what is billed is true. */
const chargedAs =
  (words: string) =>
  (reply: GatewayReply): GatewayReply =>
    withHeaders(reply, { [PRICE]: words, [MICROS]: words });

export const MONEY_FAULTS: FaultTable = {
  data_for_quote: {
    ...PAID,
    says: "The quote header is ignored: the data comes, and is billed.",
    mistake: withCostMode(undefined),
  },
  quote_for_data: {
    fate: "quoted",
    billed: false,
    says: "A quote comes though the data was asked for.",
    mistake: withCostMode("quote"),
  },
  charge_missing: {
    ...PAID,
    says: "The answer does not say what it cost.",
    reply({ headers, ...reply }) {
      const { [PRICE]: _price, [MICROS]: _micros, ...others } = headers;
      return { ...reply, headers: others };
    },
  },
  charge_exponent: { ...PAID, says: 'The charge headers say "1e9".', reply: chargedAs("1e9") },
  charge_absurd: { ...PAID, says: 'The charge headers say "999999999999".', reply: chargedAs("999999999999") },
  charge_negative: { ...PAID, says: 'The charge headers say "-48000".', reply: chargedAs("-48000") },
  charge_text: { ...PAID, says: 'The charge headers say "see invoice".', reply: chargedAs("see invoice") },
  charge_above_cap: {
    ...PAID,
    says: "Ten times the cap is charged, told and billed; without a cap, ten times the price.",
    call: { chargeInstead: (price, cap = price) => RUNAWAY_FACTOR * cap },
  },
  cap_refused: { ...UNSEEN, says: "HTTP 402: above the price cap, whatever the price.", reply: priceCapReply },
  duplicate_key: {
    ...UNSEEN,
    says: "HTTP 409: the idempotency key counts as admitted before.",
    reply: duplicateReply,
  },
  balance_402: {
    ...UNSEEN,
    says: "HTTP 402: the balance does not cover the call.",
    reply: () => errorReply(402, "invalid_request_error", "insufficient_balance", "Insufficient balance."),
  },
  problem_402: {
    ...UNSEEN,
    says: "HTTP 402 as a problem document.",
    reply: () =>
      jsonReply(
        402,
        { type: "about:blank", title: "Payment Required", status: 402, detail: "Payment is required." },
        { "content-type": "application/problem+json", "www-authenticate": "Payment" },
      ),
  },
} satisfies Record<string, Fault>;
