import { AppError } from "../../errors.ts";
import { Refusal, toInputError } from "../arguments.ts";
import type { Surface } from "../calls.ts";
import type { CompileRegex } from "../filters/evaluate-filter.ts";
import {
  collectTexts,
  listRegexes,
  type MatchTexts,
  settleTexts,
  type TextsByPattern,
  withoutRegexes,
} from "../filters/match-texts.ts";
import type { FindSnapshot } from "../find-snapshot.ts";
import type { Snapshot } from "../snapshot.ts";
import { answerQuery } from "./answer-query.ts";
import type { Asking } from "./asking.ts";
import { listConditions } from "./conditions.ts";
import type { ListQuery, Row, Where } from "./list-query.ts";
import { type ParsedQuery, parseListQuery } from "./parse-list-query.ts";
import type { QueryAnswer, Selected } from "./query-answer.ts";
import { compileWhere, type RegexTerms, refuseSlowRegex, selectRows } from "./select-rows.ts";

export interface AskListDeps<S extends Snapshot> {
  findSnapshot: FindSnapshot<S>;
  maxTokens: number;
  matchTexts: MatchTexts;
}

/**
 * A question to a kept snapshot in, its answer out; nothing is bought.
 * @throws {AppError} `input` for arguments that were refused, and where no such snapshot is kept
 */
export type AskList<S extends Snapshot, W extends object> = (
  input: unknown,
  caller: QueryCaller<S, W>,
) => Promise<QueryAnswer<W>>;

/** Who asks. */
export interface QueryCaller<S extends Snapshot, W extends object> {
  surface: Surface;
  /** Ends the wait for what a regular expression comes to. */
  signal?: AbortSignal;
  /** Told of what was asked and found, for whoever shows more of it. Must not throw. */
  onSelected?: (snapshot: S, selected: Selected<W>) => void;
}

export function createAskList<S extends Snapshot, R extends Row, W extends object>(
  asking: Asking<S, R, W>,
  { findSnapshot, maxTokens, matchTexts }: AskListDeps<S>,
): AskList<S, W> {
  return async (input, { surface, signal, onSelected }) => {
    const parsed = parseListQuery(asking, input);
    const { ref } = parsed.query;
    const notes = [...parsed.notes];
    const snapshot = await findSnapshot(ref.snapshotId === undefined ? ref : { snapshotId: ref.snapshotId }, {
      surface,
      onChoice: (note) => notes.push(note),
    });
    const compileRegex = await settleQuery(asking, snapshot, parsed.query, matchTexts, signal);
    return askSnapshot(
      asking,
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

export interface AskSnapshotOptions<W extends object> {
  /** How large the answer may get, in tokens; rows are left out to fit, and counted. */
  maxTokens: number;
  surface: Surface;
  regex?: RegexTerms;
  /** Told of what was found. */
  onSelected?: (selected: Selected<W>) => void;
}

/**
 * Puts a checked question to the snapshot that was found for it.
 * @throws {AppError} `input` where the question names another target, for handles that the snapshot does not have, and
 *   for a regex that takes too long
 */
export function askSnapshot<S extends Snapshot, R extends Row, W extends object>(
  asking: Asking<S, R, W>,
  snapshot: S,
  { query, notes }: ParsedQuery<W>,
  options: AskSnapshotOptions<W>,
): QueryAnswer<W> {
  const { target } = query.ref;
  if (target !== undefined && target !== snapshot.request.target) {
    const rule = `is ${target}, but snapshot ${snapshot.id} is of ${snapshot.request.target}`;
    throw toInputError([new Refusal("target", rule, "leave out one of the two")]);
  }
  return answerQuery(asking, snapshot, query, { ...options, notes });
}

/**
 * Has the regular expressions of a question settled before it is answered: what they cost is the caller's choice, so
 * nobody else may wait for them. Where nothing meets the question, the answer tells what would without one of its
 * conditions, so those are settled too.
 * @returns undefined for a question without any
 * @throws {AppError} `input` for expressions that take too long, `unavailable` where too many wait already
 */
async function settleQuery<S extends Snapshot, R extends Row, W extends object>(
  asking: Asking<S, R, W>,
  snapshot: S,
  { where, fold, handles }: ListQuery<W>,
  matchTexts: MatchTexts,
  signal?: AbortSignal,
): Promise<CompileRegex | undefined> {
  if (handles.length > 0 || !asksRegex(where)) return undefined;
  const texts: TextsByPattern = new Map();
  collectOf(asking, snapshot, where, fold, texts);
  const compileRegex = await settle(asking, texts, matchTexts, signal);
  const loosened = listConditions(asking, where).map(({ without }) => without);
  if (selectRows(asking, snapshot, where, fold, { compileRegex }).rows.length > 0 || !loosened.some(asksRegex)) {
    return compileRegex;
  }
  for (const each of loosened) collectOf(asking, snapshot, each, fold, texts);
  return settle(asking, texts, matchTexts, signal);
}

const asksRegex = ({ filters }: Pick<Where, "filters">): boolean =>
  filters !== undefined && listRegexes(filters).length > 0;

function collectOf<S extends Snapshot, R extends Row, W extends object>(
  asking: Asking<S, R, W>,
  snapshot: S,
  { filters, text }: Pick<Where, "filters" | "text">,
  fold: boolean,
  into: TextsByPattern,
): void {
  if (filters === undefined) return;
  const rest = withoutRegexes(filters);
  const asked = { ...(text !== undefined && { text }), ...(rest !== undefined && { filters: rest }) };
  const accepts = compileWhere(asking, snapshot, asked, fold);
  const items = accepts === undefined ? snapshot.items : snapshot.items.filter(accepts);
  collectTexts(
    filters,
    items.map(({ raw }) => raw),
    asking.readersOf(snapshot, fold),
    into,
  );
}

async function settle(
  { words }: { words: { many: string } },
  texts: TextsByPattern,
  matchTexts: MatchTexts,
  signal?: AbortSignal,
): Promise<CompileRegex> {
  const settled = await settleTexts(texts, matchTexts, signal);
  if (settled === "too_slow") throw refuseSlowRegex(words.many);
  if (settled !== "too_busy") return settled;
  throw new AppError("unavailable", "Too many questions with a regex wait already.", {
    charge: "not_charged",
    advice: "Ask again in some seconds, or use like, ilike or match, which are answered at once.",
  });
}
