import type { Page } from "../../snapshot/page.ts";
import { formatCount } from "../../text.ts";
import type { Fold } from "../fold.ts";
import { describeLinks, type Finding, type List, pickFolds, toFinding } from "./finding.ts";

/** `2026-01-31`, without the clock. */
const DATE = /^\d{4}-\d\d-\d\d(?!\d)/;
const DATE_CHARS = 10;
const DAY_MS = 86_400_000;

/** Pages that nothing links to any more: the upstream dates the loss of the last backlink. */
export function findLost(list: List): Finding | null {
  return toFinding(
    "links lost (lost_date set)",
    pickFolds(list.folds, list.target, (fold) =>
      isLost(fold) ? () => `${describeLinks(fold)}${describeLoss(fold)}` : null,
    ),
  );
}

/** A variant that has links and no date is not lost, nor is the page then. */
const isLost = ({ members }: Fold): boolean =>
  members.some(({ lostDate }) => lostDate !== null) &&
  members.every(({ lostDate, backlinks }) => lostDate !== null || backlinks === 0);

function describeLoss({ members }: Fold): string {
  const dates = members.flatMap(({ lostDate }) => (lostDate !== null && DATE.test(lostDate) ? [lostDate] : []));
  const last = dates.sort().at(-1);
  return last === undefined ? "" : `, lost ${last.slice(0, DATE_CHARS)}`;
}

/** Half a year, three times the two months between visits that are usual in the one real list at hand. */
const LONG_DAYS = 180;

/** The fewest months of the calendar that so many days can reach over. */
const MONTHS_IN_LONG = 5;

/**
 * Pages that the upstream's crawler came back to only after a long time: what is not found often is not visited often,
 * and these figures may be old. A page without `prev_visited` was visited before on its first visit, if that was another.
 */
export function findFading(list: List): Finding | null {
  return toFinding(
    `may be fading (> ${LONG_DAYS} days between the last two crawls)`,
    pickFolds(list.folds, list.target, ({ main }) => {
      const gap = findLongGap(main);
      return gap === null ? null : () => describeGap(gap);
    }),
  );
}

interface Gap {
  days: number;
  since: "prev_visited" | "first_visited";
}

/** Null when a time is missing or unreadable, or the gap is not long. */
function findLongGap({ raw }: Page): Gap | null {
  const since = (raw["prev_visited"] ?? null) === null ? "first_visited" : "prev_visited";
  const from = raw[since];
  const to = raw["fetch_time"];
  // A cheap look first, as nearly all gaps are short: none within four months of the calendar is long.
  if (!(toMonth(to) - toMonth(from) >= MONTHS_IN_LONG)) return null;
  const days = toDay(to) - toDay(from);
  return days > LONG_DAYS ? { days, since } : null;
}

const describeGap = ({ days, since }: Gap): string =>
  since === "prev_visited" ? `${formatCount(days)} days` : `${formatCount(days)} days, since first_visited`;

/** Months since year 0 of a time that starts with `2026-01`; NaN when it does not. Every page is asked: no pattern here. */
function toMonth(time: unknown): number {
  if (typeof time !== "string" || time.charCodeAt(4) !== DASH) return Number.NaN;
  const digit = (at: number) => time.charCodeAt(at) - ZERO;
  return 12 * (1000 * digit(0) + 100 * digit(1) + 10 * digit(2) + digit(3)) + 10 * digit(5) + digit(6);
}

const DASH = 45;
const ZERO = 48;

/** Days since 1970; NaN when it is no date. */
const toDay = (time: unknown): number =>
  typeof time === "string" && DATE.test(time) ? Date.parse(time.slice(0, DATE_CHARS)) / DAY_MS : Number.NaN;
