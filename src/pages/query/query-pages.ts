import { AppError } from "../../errors.ts";
import { Refusal, toInputError } from "../../lists/arguments.ts";
import type { Surface } from "../../lists/calls.ts";
import type { CompileRegex } from "../../lists/filters/evaluate-filter.ts";
import {
  collectTexts,
  listRegexes,
  type MatchTexts,
  settleTexts,
  type TextsByPattern,
  withoutRegexes,
} from "../../lists/filters/match-texts.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { compileFieldReader } from "../field-readers.ts";
import type { FindSnapshot } from "../find-snapshot.ts";
import { buildQueryAnswer } from "./build-query-answer.ts";
import type { PagesQuery, Where } from "./pages-query.ts";
import { type ParsedQuery, parseQuery } from "./parse-query.ts";
import type { QueryAnswer, Selected } from "./query-answer.ts";
import {
  compileWhere,
  itemRulesOf,
  listConditions,
  type RegexTerms,
  refuseSlowRegex,
  selectRows,
} from "./select-rows.ts";

export interface QueryPagesDeps {
  findSnapshot: FindSnapshot;
  maxTokens: number;
  matchTexts: MatchTexts;
}

/**
 * A question to a kept snapshot in, its answer out; nothing is bought.
 * @throws {AppError} `input` for arguments that were refused, and where no such snapshot is kept
 */
export type QueryPages = (input: unknown, caller: QueryCaller) => Promise<QueryAnswer>;

/** Who asks. */
export interface QueryCaller {
  surface: Surface;
  /** Ends the wait for what a regular expression comes to. */
  signal?: AbortSignal;
  /** Told of what was asked and found, for whoever shows more of it. Must not throw. */
  onSelected?: (snapshot: PagesSnapshot, selected: Selected) => void;
}

export function createQueryPages({ findSnapshot, maxTokens, matchTexts }: QueryPagesDeps): QueryPages {
  return async (input, { surface, signal, onSelected }) => {
    const parsed = parseQuery(input);
    const { ref } = parsed.query;
    const notes = [...parsed.notes];
    const snapshot = await findSnapshot(ref.snapshotId === undefined ? ref : { snapshotId: ref.snapshotId }, {
      surface,
      onChoice: (note) => notes.push(note),
    });
    const compileRegex = await settleQuery(snapshot, parsed.query, matchTexts, signal);
    return querySnapshot(
      snapshot,
      { ...parsed, notes },
      {
        maxTokens,
        surface,
        ...(compileRegex !== undefined && { regex: { compileRegex } }),
        ...(onSelected !== undefined && { onSelected: (selected) => onSelected(snapshot, selected) }),
      },
    );
  };
}

export interface QuerySnapshotOptions {
  /** How large the answer may get, in tokens; rows are left out to fit, and counted. */
  maxTokens: number;
  surface: Surface;
  regex?: RegexTerms;
  /** Told of what was found. */
  onSelected?: (selected: Selected) => void;
}

/**
 * Puts a checked question to the snapshot that was found for it.
 * @throws {AppError} `input` where the question names another target, for handles that the snapshot does not have, and
 *   for a regex that takes too long
 */
export function querySnapshot(
  snapshot: PagesSnapshot,
  { query, notes }: ParsedQuery,
  { maxTokens, surface, regex, onSelected }: QuerySnapshotOptions,
): QueryAnswer {
  const { target } = query.ref;
  if (target !== undefined && target !== snapshot.request.target) {
    const rule = `is ${target}, but snapshot ${snapshot.id} is of ${snapshot.request.target}`;
    throw toInputError([new Refusal("target", rule, "leave out one of the two")]);
  }
  return buildQueryAnswer(snapshot, query, {
    maxTokens,
    surface,
    notes,
    ...(regex !== undefined && { regex }),
    ...(onSelected !== undefined && { onSelected }),
  });
}

/**
 * Has the regular expressions of a question settled before it is answered: what they cost is the caller's choice, so
 * nobody else may wait for them. Where nothing meets the question, the answer tells what would without one of its
 * conditions, so those are settled too.
 * @returns undefined for a question without any
 * @throws {AppError} `input` for expressions that take too long, `unavailable` where too many wait already
 */
async function settleQuery(
  snapshot: PagesSnapshot,
  { where, fold, handles }: PagesQuery,
  matchTexts: MatchTexts,
  signal?: AbortSignal,
): Promise<CompileRegex | undefined> {
  if (handles.length > 0 || !asksRegex(where)) return undefined;
  const texts: TextsByPattern = new Map();
  collectOf(snapshot, where, fold, texts);
  const compileRegex = await settle(texts, matchTexts, signal);
  const loosened = listConditions(where).map(({ without }) => without);
  if (selectRows(snapshot, where, fold, { compileRegex }).rows.length > 0 || !loosened.some(asksRegex)) {
    return compileRegex;
  }
  for (const each of loosened) collectOf(snapshot, each, fold, texts);
  return settle(texts, matchTexts, signal);
}

const asksRegex = ({ filters }: Where): boolean => filters !== undefined && listRegexes(filters).length > 0;

function collectOf(snapshot: PagesSnapshot, { filters, ...where }: Where, fold: boolean, into: TextsByPattern): void {
  if (filters === undefined) return;
  const rules = itemRulesOf(snapshot, fold);
  const rest = withoutRegexes(filters);
  const accepts = compileWhere({ ...where, ...(rest !== undefined && { filters: rest }) }, rules);
  const pages = accepts === undefined ? snapshot.items : snapshot.items.filter(accepts);
  collectTexts(
    filters,
    pages.map(({ raw }) => raw),
    (field) => compileFieldReader(field, rules),
    into,
  );
}

async function settle(texts: TextsByPattern, matchTexts: MatchTexts, signal?: AbortSignal): Promise<CompileRegex> {
  const settled = await settleTexts(texts, matchTexts, signal);
  if (settled === "too_slow") throw refuseSlowRegex();
  if (settled !== "too_busy") return settled;
  throw new AppError("unavailable", "Too many questions with a regex wait already.", {
    charge: "not_charged",
    advice: "Ask again in some seconds, or use like, ilike or match, which are answered at once.",
  });
}
