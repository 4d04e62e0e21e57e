import { type Fold, foldPages } from "../answer/fold.ts";
import { foldsOf } from "../answer/snapshot-folds.ts";
import type { ItemRules } from "../filters/evaluate-filter.ts";
import { Refusal, toInputError } from "../request/refusal.ts";
import { withDefaults } from "../request/request.ts";
import type { Page } from "../snapshot/page.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { compileWhere, hasRegex } from "./conditions.ts";
import type { Where } from "./query.ts";
import { indexSections, type SectionIndex } from "./section-index.ts";

/** The rows that meet a question's conditions. */
export interface Selection {
  /** In fetched order. */
  rows: readonly Fold[];
  /** The fetched pages in them. */
  pages: number;
}

/** What is worked out once for a snapshot, however often it is asked. */
interface Prepared {
  /** One row per fetched page; made when first asked for. */
  singles?: Fold[];
  sections: SectionIndex;
}

const PREPARED = new WeakMap<Snapshot, Prepared>();

function prepare(snapshot: Snapshot): Prepared {
  const known = PREPARED.get(snapshot);
  if (known !== undefined) return known;
  const fresh: Prepared = { sections: indexSections(foldsOf(snapshot), snapshot.request.target) };
  PREPARED.set(snapshot, fresh);
  return fresh;
}

/** The sections of a snapshot, the same for every question to it. */
export const sectionsOf = (snapshot: Snapshot): SectionIndex => prepare(snapshot).sections;

/** How the snapshot's items were asked for, as far as it matters to reading them. */
export const itemRulesOf = ({ request }: Snapshot): ItemRules => ({
  listLimit: withDefaults(request).internal_list_limit,
});

/** Patterns run in linear time, but a long one over long texts is slow all the same. */
const MAX_REGEX_MS = 2000;

/** Called between pages where a caller's regular expression decides; throws when time is up. */
export type CheckTime = () => void;

/** Starts the time that the regular expressions of one question may take together. */
export function startRegexClock(now: () => number): CheckTime {
  const until = now() + MAX_REGEX_MS;
  return () => {
    if (now() <= until) return;
    const rule = `the regex takes more than ${MAX_REGEX_MS / 1000} s on these pages`;
    throw toInputError([new Refusal("filters", rule, "write a simpler one, or use ilike")]);
  };
}

/**
 * Chooses pages, then folds what was chosen: a row's figures cover exactly the matching pages of that fold, as if
 * nothing else had been fetched. `section` alone chooses among the rows that came of it, by the page each is named
 * after, so that it holds what the answer's rollup counts.
 * @param fold false gives one row per matching page
 * @param checkTime bounds the time that a caller's regex may take, where it is given
 * @throws {AppError} `input` for a regex that takes too long
 */
export function selectRows(snapshot: Snapshot, where: Where, fold: boolean, checkTime?: CheckTime): Selection {
  const prepared = prepare(snapshot);
  const accepts = compileWhere(where, itemRulesOf(snapshot));
  const isSlow = where.filters !== undefined && hasRegex(where.filters);
  const matching = accepts && filterInTime(snapshot.pages, accepts, isSlow ? checkTime : undefined);
  const isAll = matching === undefined || matching.length === snapshot.pages.length;
  const rows = fold ? (isAll ? foldsOf(snapshot) : foldPages(matching)) : takeSingles(snapshot, matching, prepared);
  const { section } = where;
  const chosen = section === undefined ? rows : rows.filter((row) => prepared.sections.isIn(row, section));
  return { rows: chosen, pages: chosen.reduce((sum, { members }) => sum + members.length, 0) };
}

function filterInTime(pages: readonly Page[], accepts: (page: Page) => boolean, checkTime?: CheckTime): Page[] {
  return pages.filter((page) => {
    checkTime?.();
    return accepts(page);
  });
}

function takeSingles(snapshot: Snapshot, matching: readonly Page[] | undefined, prepared: Prepared): Fold[] {
  prepared.singles ??= snapshot.pages.flatMap((page) => foldPages([page]));
  if (matching === undefined) return prepared.singles;
  const wanted = new Set(matching);
  return prepared.singles.filter(({ main }) => wanted.has(main));
}
