import { TINY_REQUEST, type ToldPrice } from "../../compose/ask-for-nothing.ts";
import { AppError } from "../../errors.ts";
import { countOf, formatUsd } from "../../pages/text.ts";
import type { Price } from "../../spend/quotes.ts";
import { exitOf } from "../exit-codes.ts";
import { findBlock } from "./access.ts";
import type { Check } from "./check.ts";
import type { Examination } from "./examination.ts";
import { type Finding, fail, note, ok, skip } from "./finding.ts";

const REQUEST = `${countOf(TINY_REQUEST.limit, "page")} of ${TINY_REQUEST.target}`;
const IN_THE_BOOKS = "It is in the books: domain-pages-mcp spend.";

/** The price of a tiny request: the paid address answers, and tells prices for free. Nothing can be bought by it. */
export const quote: Check = {
  name: "quote",
  look: async (examination) => {
    const blocked = await findIdle(examination);
    if (blocked !== undefined) return [skip(blocked)];
    try {
      return [judge((await examination.price()).price, examination.config.maxPriceUsd)];
    } catch (error) {
      if (error instanceof AppError) return [judgeFailure(error)];
      throw error;
    }
  },
};

/** Which form of the body the gateway takes, as far as the quote shows it. */
export const bodyForm: Check = {
  name: "body form",
  look: async (examination) => {
    const { bodyForm: wanted } = examination.config;
    if (wanted !== "auto") return [ok(`${wanted}, as DOMAIN_PAGES_BODY_FORM says`)];
    const told =
      (await findIdle(examination)) === undefined ? await examination.price().catch(() => undefined) : undefined;
    return [judgeForm(told)];
  },
};

function judgeForm(told: ToldPrice | undefined): Finding {
  if (told?.price.kind !== "quoted") return skip("only a quote shows it; a call finds the right one by itself");
  if (told.form === "array") return ok("the gateway refuses the object (unbilled) and takes the array");
  return ok("the gateway takes the object, the documented one, as far as a quote shows");
}

/** @returns why no price is asked for */
async function findIdle(examination: Examination): Promise<string | undefined> {
  const { config, ledger, probe } = examination;
  const blocked = await findBlock(examination);
  if (blocked !== undefined) return blocked;
  const { probe: probed } = await probe();
  if (!probed.reached) return "the gateway gives no answer";
  if (probed.key === "refused") return "the key is refused";
  if (!config.quotes) return "switched off (DOMAIN_PAGES_QUOTES)";
  if (!config.sendPriceCap) {
    return "not asked: with DOMAIN_PAGES_SEND_PRICE_CAP off, nothing would hold back a gateway that takes a question for an order";
  }
  if (
    config.maxPriceUsd === 0 ||
    (await ledger()
      .then((books) => books.left())
      .catch(() => 0)) === 0
  ) {
    return "money is set aside for a question too, and there is none; see the budget";
  }
  return undefined;
}

function judge(price: Price, maxPriceUsd: number): Finding {
  switch (price.kind) {
    case "quoted": {
      const says = `${formatUsd(price.usd)} for ${REQUEST}${price.mayExceed ? ", and it may come out higher" : ""}; asking was free`;
      if (price.usd <= maxPriceUsd) return ok(says);
      return note(says, `That is above the cap of ${formatUsd(maxPriceUsd)} a call: raise DOMAIN_PAGES_MAX_PRICE_USD.`);
    }
    case "none":
      if (price.reason === "price_cap") {
        return note(
          "no price: the gateway refused the question for the cap of $0 that went with it; not charged",
          "Either it checks caps before it quotes, or it takes questions for orders. If you cannot tell, set DOMAIN_PAGES_QUOTES to off; purchases keep their cap.",
        );
      }
      return note(
        `the gateway tells no price: ${price.why}; not charged`,
        "Purchases work without it: the cap goes with each call. DOMAIN_PAGES_QUOTES=off saves the question.",
      );
    case "bought":
      return judgeBought(price);
  }
}

function judgeBought({ bought: { snapshot } }: Extract<Price, { kind: "bought" }>): Finding {
  const { charge } = snapshot;
  if (charge.kind === "reported" && charge.usd === 0) {
    return note("the gateway sends the answer instead of its price, at no charge", "Set DOMAIN_PAGES_QUOTES to off.");
  }
  const amount = charge.kind === "reported" ? formatUsd(charge.usd) : "an amount it does not tell";
  return fail(
    "contract",
    `CHARGED: the gateway was asked for a price and allowed to charge $0; it carried the call out and charged ${amount}`,
    `Set DOMAIN_PAGES_QUOTES to off, and tell the gateway's support. ${IN_THE_BOOKS} The answer is kept as ${snapshot.id}.`,
  );
}

function judgeFailure(error: AppError): Finding {
  const { charge, chargedUsd, requestId } = error.facts;
  const id = requestId === undefined ? "" : ` (request id ${requestId})`;
  const words = error.message.replace(/\.$/, "");
  if (charge === "charged") {
    const amount = chargedUsd === undefined ? "an amount it does not tell" : formatUsd(chargedUsd);
    const says = `CHARGED ${amount} for the question: ${words}${id}`;
    return fail("contract", says, `Set DOMAIN_PAGES_QUOTES to off, and tell the gateway's support. ${IN_THE_BOOKS}`);
  }
  // Cut short by whoever stopped us, or by our own time limit.
  const exit = error.kind === "cancelled" ? "unavailable" : exitOf(error);
  if (charge === "unknown") {
    return fail(
      exit,
      `${words}; the question may have been charged${id}`,
      `Check the account's usage. ${IN_THE_BOOKS}`,
    );
  }
  return fail(exit, `${words}; not charged${id}`, adviceOf(error));
}

/** What messages say of `doctor` is no help in it. */
const adviceOf = ({ facts: { advice = "Try again in a minute." } }: AppError): string =>
  advice.replace(/ \(`domain-pages-mcp doctor`[^)]*\)/, "");
