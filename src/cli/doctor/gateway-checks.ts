import { pinnedBodyForm } from "../../config/schema.ts";
import { AppError } from "../../errors.ts";
import { countOf, formatAge, formatUsd } from "../../lists/text.ts";
import type { Price } from "../../spend/approve.ts";
import type { Probe } from "../../upstream/probe.ts";
import { exitOf } from "../args.ts";
import {
  type Check,
  type Examination,
  type Finding,
  fail,
  isOpen,
  note,
  ok,
  type Probed,
  skip,
  TINY_REQUEST,
  type ToldPrice,
} from "./examination.ts";

export const access: Check = {
  name: "access",
  says: "whether the gateway takes the key, by its free question for the balance",
  where: "gateway",
  look: async (examination) => {
    const blocked = await findBlock(examination);
    if (blocked !== undefined) return [skip(blocked)];
    const { probe, askedAt, answeredAt } = await examination.probe();
    return [judge(probe, answeredAt - askedAt)];
  },
};

/** @returns why the gateway is not to be asked anything; undefined where it may */
export async function findBlock({ isLive, path, settings }: Examination): Promise<string | undefined> {
  // What a bad one was meant to say is not known: the key could go where it should not, or ask under other caps.
  if (settings.problems.length > 0) return "the key is not sent before the settings are right";
  if (!isLive) return "there is no key that could be used";
  return isOpen(await path()) ? undefined : "the key is not sent before the lines above are fine";
}

function judge(probe: Probe, tookMs: number): Finding {
  if (!probe.reached) {
    return fail(
      "unavailable",
      `the gateway gives no answer (${probe.reason})`,
      "Try again in a minute; if it lasts, ask the gateway's support, or whoever runs the proxy.",
    );
  }
  const how = `HTTP ${probe.status}, ${tookMs} ms`;
  switch (probe.key) {
    case "accepted":
      return ok(`the gateway takes the key (${how})`);
    case "refused":
      return fail(
        "refused",
        `the gateway refuses the key (${how})`,
        "Copy the key anew from your AIsa account into AISA_API_KEY; it may have been revoked.",
      );
    case "unclear":
      return note(
        `the free question for the balance does not settle whether the key is taken (${how})`,
        "See what the quote below says; if there is none, the first real call tells.",
      );
  }
}

/** More than any clock that is set by the network is off. */
const TOLERATED_MS = 5 * 60_000;

/** The gateway tells whole seconds. */
const RESOLUTION_MS = 1000;

export const clock: Check = {
  name: "clock",
  says: "whether this machine's clock agrees with the gateway's",
  where: "gateway",
  look: async (examination) => {
    const blocked = await findBlock(examination);
    return [blocked === undefined ? judgeClock(await examination.probe()) : skip("nobody was asked for the time")];
  },
};

function judgeClock({ probe, askedAt, answeredAt }: Probed): Finding {
  if (!probe.reached || probe.gatewayTime === undefined) return skip("the gateway does not tell the time");
  const time = probe.gatewayTime;
  const aheadMs = Math.max(0, askedAt - (time + RESOLUTION_MS));
  const behindMs = Math.max(0, time - answeredAt);
  const offMs = Math.max(aheadMs, behindMs);
  if (offMs === 0) return ok("agrees with the gateway's to the second");
  const says = `this machine's is ${formatAge(offMs)} ${aheadMs > 0 ? "ahead of" : "behind"} the gateway's`;
  if (offMs <= TOLERATED_MS) return ok(says);
  return note(
    says,
    "Have it set by the network (NTP). Until then the budget's day turns at the wrong time, kept answers seem older or newer than they are, and access tokens may be refused.",
  );
}

const REQUEST = `${countOf(TINY_REQUEST.limit, "page")} of ${TINY_REQUEST.target}`;
const IN_THE_BOOKS = "It is in the books: domain-pages-mcp spend.";

/** The price of a tiny request: the paid address answers, and tells prices for free. Nothing can be bought by it. */
export const quote: Check = {
  name: "quote",
  says: "the price of a tiny request, asked so that nothing can be bought",
  where: "gateway",
  look: async (examination) => {
    const blocked = await findIdle(examination);
    if (blocked !== undefined) return [skip(blocked)];
    try {
      return [judgeQuote((await examination.price()).price, examination.config.maxPriceUsd)];
    } catch (error) {
      if (error instanceof AppError) return [judgeFailure(error)];
      throw error;
    }
  },
};

export const bodyForm: Check = {
  name: "body form",
  says: "which form of the request the gateway takes, as far as the quote shows",
  where: "gateway",
  look: async (examination) => {
    const wanted = pinnedBodyForm(examination.config);
    if (wanted !== undefined) return [ok(`${wanted}, as DOMAIN_PAGES_GATEWAY_HABITS says`)];
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
  if (config.gatewayHabits.includes("no-quotes")) return "switched off (DOMAIN_PAGES_GATEWAY_HABITS)";
  if (config.gatewayHabits.includes("no-cap")) {
    return "not asked: with no-cap in DOMAIN_PAGES_GATEWAY_HABITS, nothing would hold back a gateway that takes a question for an order";
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

function judgeQuote(price: Price, maxPriceUsd: number): Finding {
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
          "Either it checks caps before it quotes, or it takes questions for orders. If you cannot tell, set DOMAIN_PAGES_GATEWAY_HABITS to no-quotes; purchases keep their cap.",
        );
      }
      return note(
        `the gateway tells no price: ${price.why}; not charged`,
        "Purchases work without it: the cap goes with each call. DOMAIN_PAGES_GATEWAY_HABITS=no-quotes saves the question.",
      );
    case "bought":
      return judgeBought(price);
  }
}

function judgeBought({ bought: { snapshot } }: Extract<Price, { kind: "bought" }>): Finding {
  const { charge } = snapshot;
  if (charge.kind === "reported" && charge.usd === 0) {
    return note(
      "the gateway sends the answer instead of its price, at no charge",
      "Set DOMAIN_PAGES_GATEWAY_HABITS to no-quotes.",
    );
  }
  const amount = charge.kind === "reported" ? formatUsd(charge.usd) : "an amount it does not tell";
  return fail(
    "contract",
    `CHARGED: the gateway was asked for a price and allowed to charge $0; it carried the call out and charged ${amount}`,
    `Set DOMAIN_PAGES_GATEWAY_HABITS to no-quotes, and tell the gateway's support. ${IN_THE_BOOKS} The answer is kept as ${snapshot.id}.`,
  );
}

function judgeFailure(error: AppError): Finding {
  const { charge, chargedUsd, requestId } = error.facts;
  const id = requestId === undefined ? "" : ` (request id ${requestId})`;
  const words = error.message.replace(/\.$/, "");
  if (charge === "charged") {
    const amount = chargedUsd === undefined ? "an amount it does not tell" : formatUsd(chargedUsd);
    const says = `CHARGED ${amount} for the question: ${words}${id}`;
    return fail(
      "contract",
      says,
      `Set DOMAIN_PAGES_GATEWAY_HABITS to no-quotes, and tell the gateway's support. ${IN_THE_BOOKS}`,
    );
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
