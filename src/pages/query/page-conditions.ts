import { got, parseWhole, Refusal } from "../../lists/arguments.ts";
import type { Asking, Condition } from "../../lists/query/asking.ts";
import type { Fold } from "../answer/fold.ts";
import { isDead } from "../answer/follow-redirects.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { classifyStatus, type Page } from "../page.ts";
import { type PAGE_CONDITION_SCHEMAS, type PageState, STATUS_WORDS } from "./query-schema.ts";
import { parseSection, type Section, sectionsOf, wordSection } from "./section-index.ts";

/** What is asked of pages beside what every list is asked. */
export interface PageConditions {
  status: PageState;
  section: Section;
  minBacklinks: number;
  minReferringDomains: number;
}

type PageCondition<V> = Condition<V, PagesSnapshot, Fold> & { argument: keyof typeof PAGE_CONDITION_SCHEMAS };

const atLeast = (
  argument: PageCondition<number>["argument"],
  read: (row: Fold) => number | null,
): PageCondition<number> => ({
  argument,
  parse: (value) => parseWhole(argument, value, 0),
  tell: (least) => least,
  // An unknown figure meets no condition.
  compile: (least) => (row) => {
    const value = read(row);
    return value !== null && value >= least;
  },
});

/**
 * `section` and `status` choose by the page each row is named after, so that they hold what the answer's rollup and a
 * grouping by status count; least backlinks and domains by the figures that the row shows.
 */
export const PAGE_CONDITIONS: Asking<PagesSnapshot, Fold, PageConditions>["conditions"] = {
  status: {
    argument: "status",
    parse: parseStatus,
    tell: (state) => state,
    compile: (state) => {
      const answers = answersAs(state);
      return ({ main }) => answers(main);
    },
  } satisfies PageCondition<PageState>,
  section: {
    argument: "section",
    parse: parseSection,
    tell: wordSection,
    compile: (section, snapshot, fold) => {
      const sections = sectionsOf(snapshot, fold);
      return (row) => sections.isIn(row, section);
    },
  } satisfies PageCondition<Section>,
  minBacklinks: atLeast("min_backlinks", ({ backlinks }) => backlinks),
  minReferringDomains: atLeast("min_referring_domains", ({ referringDomains }) => referringDomains?.low ?? null),
};

/** A class of statuses, a status, or a hundred of them; whole numbers as such are taken too. */
function parseStatus(value: unknown): PageState {
  const written = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
  const word = written.toLowerCase();
  const state = STATUS_WORDS.find((each) => each === word);
  if (state !== undefined) return state;
  if (/^[1-9]\d{2}$/.test(word) || /^[1-9]xx$/.test(word)) return word as PageState;
  const rule = `must be ${STATUS_WORDS.join(", ")}, a status such as 404, or all of a hundred such as 4xx`;
  throw new Refusal("status", `${rule}, ${got(value)}`, 'for example "dead"');
}

/** The rule of every count by status: what the status is classed as, or the status itself. */
export function answersAs(state: PageState): (page: Page) => boolean {
  switch (state) {
    case "dead":
    case "broken":
      return isDead;
    case "unknown":
      return ({ status }) => classifyStatus(status) === null;
    default:
      if (state.endsWith("xx")) return ({ status }) => status !== null && Math.floor(status / 100) === Number(state[0]);
      return /^\d/.test(state)
        ? ({ status }) => status === Number(state)
        : ({ status }) => classifyStatus(status) === state;
  }
}
