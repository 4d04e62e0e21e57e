import { twoDigits } from "../../lists/filters/filter.ts";
import type { JsonObject } from "../../lists/snapshot.ts";
import { countOf, formatCount } from "../../lists/text.ts";
import type { Fold } from "../answer/fold.ts";
import { toAbsolute } from "../answer/follow-redirects.ts";
import type { Page } from "../page.ts";
import { describeLinks, type Finding, type List, pickFolds, toFinding } from "./finding.ts";

/** Below 100 words the most used SEO plugin (Yoast) calls a text "very far below" what it takes. */
const FEW_WORDS = 100;

/** Pages that earn links and have little to show for it, or no name. Unknown words and titles are no fault. */
export function findThinPages(list: List): Finding | null {
  return toFinding(
    "thin or untitled",
    `thin or untitled (HTTP 200 HTML; < ${FEW_WORDS} words or no title)`,
    pickFolds(list.folds, list.target, (fold) => {
      const faults = isHtmlPage(fold.main) ? findFaults(fold.main) : null;
      return faults === null ? null : () => [describeLinks(fold), ...faults].join(", ");
    }),
  );
}

const isHtmlPage = ({ status, raw }: Page): boolean => {
  const type = raw["media_type"];
  if (status !== 200 || typeof type !== "string") return false;
  return type === "text/html" || /^(?:text\/html|application\/xhtml\+xml)\b/i.test(type);
};

/** Of a page that names another address as the real one the upstream counts nothing: its zeros are no figures. */
function isCanonicalised({ url, raw }: Page): boolean {
  const canonical = (raw["meta"] as JsonObject | undefined)?.["canonical"];
  return typeof canonical === "string" && canonical !== "" && toAbsolute(canonical, url) !== toAbsolute(url);
}

/** Null for a page without any, as most are. */
function findFaults(page: Page): string[] | null {
  const { raw, title } = page;
  const meta = raw["meta"];
  if (typeof meta !== "object" || meta === null) return null;
  const words = (meta as JsonObject)["words_count"];
  const isCounted = typeof words === "number" && (words > 0 || (words === 0 && !isCanonicalised(page)));
  const isThin = isCounted && words < FEW_WORDS;
  // A title that the item does not speak of, or that is no text, is unknown.
  const isUntitled = title === null ? (meta as JsonObject)["title"] === null : !/\S/.test(title);
  if (!isThin && !isUntitled) return null;
  return [...(isThin ? [countOf(words, "word")] : []), ...(isUntitled ? ["no title"] : [])];
}

/** `2026-01-31`, without the clock. */
const DATE = /^\d{4}-\d\d-\d\d(?!\d)/;
const DATE_CHARS = 10;
const DAY_MS = 86_400_000;

/** Pages that nothing links to any more: the upstream dates the loss of the last backlink. */
export function findLost(list: List): Finding | null {
  return toFinding(
    "links lost",
    "links lost (lost_date set)",
    pickFolds(list.folds, list.target, (fold) =>
      isLost(fold, list.until) ? () => `${describeLinks(fold)}${describeLoss(fold)}` : null,
    ),
  );
}

/** A variant that has links and no date is not lost, nor is the page then; what is dated ahead is not lost yet. */
const isLost = ({ members }: Fold, until: number): boolean =>
  members.some(({ lostDate }) => lostDate !== null) &&
  members.every(({ lostDate, backlinks }) => (lostDate === null ? backlinks === 0 : !isAfter(lostDate, until)));

const isAfter = (time: string, until: number): boolean => DATE.test(time) && toDay(time) * DAY_MS > until;

function describeLoss({ members }: Fold): string {
  const dates = members.flatMap(({ lostDate }) => (lostDate !== null && DATE.test(lostDate) ? [lostDate] : []));
  const last = dates.sort().at(-1);
  return last === undefined ? "" : `, lost ${last.slice(0, DATE_CHARS)}`;
}

/** Half a year, three times the two months between visits that are usual in the one real list at hand. */
const LONG_DAYS = 180;

/**
 * Pages that the upstream's crawler came back to only after a long time: what is not found often is not visited often,
 * and these figures may be old. A page without `prev_visited` was visited before on its first visit, if that was another.
 */
export function findRarelyCrawled(list: List): Finding | null {
  return toFinding(
    "rarely crawled",
    `rarely crawled, figures may be old (> ${LONG_DAYS} days between the last two crawls)`,
    pickFolds(list.folds, list.target, ({ main }) => {
      const gap = findLongGap(main, list.until);
      return gap === null ? null : () => describeGap(gap);
    }),
  );
}

interface Gap {
  days: number;
  since: "prev_visited" | "first_visited";
}

/** Null when a time is missing or unreadable, or the gap is not long. */
function findLongGap({ raw }: Page, until: number): Gap | null {
  const since = (raw["prev_visited"] ?? null) === null ? "first_visited" : "prev_visited";
  const from = raw[since];
  const to = raw["fetch_time"];
  if (typeof from !== "string" || typeof to !== "string") return null;
  const days = toDay(to) - toDay(from);
  // The pattern last: every page comes here, and few gaps are long.
  return days > LONG_DAYS && DATE.test(from) && DATE.test(to) && !isAfter(to, until) ? { days, since } : null;
}

const describeGap = ({ days, since }: Gap): string =>
  since === "prev_visited" ? `${formatCount(days)} days` : `${formatCount(days)} days, since first_visited`;

/** Days since 1970 of a time that starts with `2026-01-31`; of any other text any number. */
function toDay(time: string): number {
  const year = 100 * twoDigits(time, 0) + twoDigits(time, 2);
  return Date.UTC(year, twoDigits(time, 5) - 1, twoDigits(time, 8)) / DAY_MS;
}
