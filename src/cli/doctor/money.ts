import { countOf, formatUsd } from "../../lists/text.ts";
import { toUsd } from "../../spend/ledger/ledger.ts";
import { type Check, type Finding, fail, note, ok, STORE_SETTINGS, skip } from "./examination.ts";

const MONEY_SETTINGS = ["DOMAIN_PAGES_MAX_PRICE_USD", "DOMAIN_PAGES_DAILY_BUDGET_USD", "DOMAIN_PAGES_ASK_ABOVE_USD"];

export const budget: Check = {
  name: "budget",
  says: "what a call may cost, and what is left of today",
  where: "here",
  look: async ({ config, isLive, ledger, findLeftOut }) => {
    const leftOut = findLeftOut("AISA_API_KEY", ...MONEY_SETTINGS, ...STORE_SETTINGS);
    if (leftOut !== undefined) return [skip(leftOut)];
    if (!isLive) return [ok("nothing costs anything on the sandbox")];
    const { maxPriceUsd, dailyBudgetUsd, askAboveUsd } = config;
    if (maxPriceUsd === 0) {
      return [fail("capped", "a call may cost $0, so nothing is bought", "Raise DOMAIN_PAGES_MAX_PRICE_USD.")];
    }
    if (dailyBudgetUsd === 0) {
      return [fail("capped", "the daily budget is $0, so nothing is bought", "Raise DOMAIN_PAGES_DAILY_BUDGET_USD.")];
    }
    const books = await ledger();
    const [{ countedMicros, unreadableLines }, left] = [await books.read(), await books.left()];
    const leftUsd = toUsd(left ?? 0);
    const asking = askAboveUsd === null ? "nobody is asked first" : `a person is asked above ${formatUsd(askAboveUsd)}`;
    const says = [
      `${leftUsd === 0 ? "nothing" : formatUsd(leftUsd)} left of ${formatUsd(dailyBudgetUsd)} today (UTC), ${formatUsd(toUsd(countedMicros))} counted`,
      `a call may cost up to ${formatUsd(maxPriceUsd)}`,
      asking,
    ].join("; ");
    return [judgeLeft(says, leftUsd, maxPriceUsd), ...noteBooks(unreadableLines, config.store)];
  },
};

function judgeLeft(says: string, leftUsd: number, maxPriceUsd: number): Finding {
  if (leftUsd === 0) {
    const todo =
      "Wait for 00:00 UTC, or raise DOMAIN_PAGES_DAILY_BUDGET_USD; domain-pages-mcp spend shows what it went on.";
    return fail("capped", says, todo);
  }
  if (leftUsd < maxPriceUsd) return note(`${says}; what is left is less than a call may cost`);
  return ok(says);
}

function noteBooks(unreadableLines: number, store: unknown): Finding[] {
  return [
    ...(unreadableLines === 0
      ? []
      : [
          note(
            `${countOf(unreadableLines, "line")} of today's books cannot be read and count nothing`,
            "Look at domain-pages-mcp spend: a writer was stopped, or the file was edited.",
          ),
        ]),
    ...(store === "memory" || store === "none"
      ? [
          note(
            "the books are in memory: each process counts for itself, anew at each start",
            "Set DOMAIN_PAGES_STORE to disk to have one budget for all.",
          ),
        ]
      : []),
  ];
}
