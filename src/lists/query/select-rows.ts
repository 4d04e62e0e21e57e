import { Refusal, toInputError } from "../arguments.ts";
import { type CompileRegex, compileFilter } from "../filters/evaluate-filter.ts";
import { listRegexes } from "../filters/match-texts.ts";
import type { Item, Snapshot } from "../snapshot.ts";
import type { Asking, ItemOf, Selection } from "./asking.ts";
import { listOwn } from "./conditions.ts";
import type { Row, Where } from "./list-query.ts";

/** How long the regular expressions of one question may take together, ms. Linear time is long for a long text. */
export const MAX_REGEX_MS = 2000;

/** What becomes of a caller's regular expressions while rows are chosen. */
export interface RegexTerms {
  /** What they come to, where that was found out before (`settleTexts`). Left out: they run here and now. */
  compileRegex?: CompileRegex;
  /** Called between items where they run here; throws when time is up. */
  checkTime?: () => void;
}

/** @param many what the items are called: `pages` */
export function refuseSlowRegex(many: string): Error {
  const rule = `the regex takes more than ${MAX_REGEX_MS / 1000} s on these ${many}`;
  return toInputError([new Refusal("filters", rule, "write a simpler one, or use ilike")]);
}

/**
 * Starts the time that the regular expressions of one question may take together, for those that run here. A single
 * text is never broken off.
 * @param many what the items are called: `pages`
 */
export function startRegexClock(now: () => number, many: string): () => void {
  const until = now() + MAX_REGEX_MS;
  return () => {
    if (now() > until) throw refuseSlowRegex(many);
  };
}

/**
 * Chooses items, then makes rows of what was chosen: a row's figures cover exactly the matching items of it. The
 * conditions of the domain's own choose among the rows that came of it, by what each of them shows.
 * @param fold false gives one row per matching item
 * @throws {AppError} `input` for a regex that takes too long
 */
export function selectRows<S extends Snapshot, R extends Row, W extends object>(
  asking: Asking<S, R, W>,
  snapshot: S,
  where: Where<W>,
  fold: boolean,
  { compileRegex, checkTime }: RegexTerms = {},
): Selection<S, R> {
  const accepts = compileWhere(asking, snapshot, where, fold, compileRegex);
  const runsHere = compileRegex === undefined && where.filters !== undefined && listRegexes(where.filters).length > 0;
  const found = accepts && filterInTime(snapshot.items, accepts, runsHere ? checkTime : undefined);
  const matching = found?.length === snapshot.items.length ? undefined : found;
  const rows = matching === undefined ? asking.rowsOf(snapshot, fold) : asking.rowsOfSome(matching, snapshot, fold);
  const tests = listOwn(asking, where).map(({ compile }) => compile(snapshot, fold));
  const chosen = tests.reduce((left, holds) => left.filter(holds), rows);
  const itemCount = chosen.reduce((sum, { members }) => sum + members.length, 0);
  return { rows: chosen, itemCount, matching };
}

/** For lists of which every item is a row of its own. */
export function rowsOfItems<S extends Snapshot>(): Pick<
  Asking<S, ItemRow<ItemOf<S>>, object>,
  "rowsOf" | "rowsOfSome"
> {
  const made = new WeakMap<S, readonly ItemRow<ItemOf<S>>[]>();
  const toRows = (items: readonly ItemOf<S>[]) => items.map((main) => ({ main, members: [main] }));
  return {
    rowsOf: (snapshot) => {
      const known = made.get(snapshot);
      if (known !== undefined) return known;
      const fresh = toRows(snapshot.items);
      made.set(snapshot, fresh);
      return fresh;
    },
    rowsOfSome: toRows,
  };
}

/** A row of one item. */
export interface ItemRow<I extends Item> extends Row {
  main: I;
  members: readonly I[];
}

function filterInTime<S extends Snapshot>(
  items: readonly ItemOf<S>[],
  accepts: (item: ItemOf<S>) => boolean,
  checkTime?: () => void,
): ItemOf<S>[] {
  return items.filter((item) => {
    checkTime?.();
    return accepts(item);
  });
}

/**
 * Compiles all that is asked of a single item: words and filters. All else chooses rows.
 * @returns undefined when every item will do
 */
export function compileWhere<S extends Snapshot, R extends Row, W extends object>(
  asking: Asking<S, R, W>,
  snapshot: S,
  { filters, text }: Pick<Where, "filters" | "text">,
  fold: boolean,
  compileRegex?: CompileRegex,
): ((item: ItemOf<S>) => boolean) | undefined {
  const tests: ((item: ItemOf<S>) => boolean)[] = [];
  if (text !== undefined) tests.push(compileText(text, asking));
  // Last: it costs most.
  if (filters !== undefined) {
    const accepts = compileFilter(filters, asking.readersOf(snapshot, fold), compileRegex);
    tests.push(({ raw }) => accepts(raw));
  }
  return tests.length === 0 ? undefined : (item) => tests.every((holds) => holds(item));
}

/** Every word stands somewhere in the URL or the title, whatever its case; in a URL also percent-encoded. */
function compileText<S extends Snapshot, R extends Row, W extends object>(
  text: string,
  { titleOf }: Asking<S, R, W>,
): (item: ItemOf<S>) => boolean {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => ({ word, encoded: encodeURIComponent(word.replace(/\p{Cs}/gu, "\ufffd")).toLowerCase() }));
  return (item) => {
    const place = item.url.toLowerCase();
    const name = titleOf(item)?.toLowerCase() ?? "";
    return words.every(({ word, encoded }) => place.includes(word) || name.includes(word) || place.includes(encoded));
  };
}
