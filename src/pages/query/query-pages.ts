import { Refusal, toInputError } from "../../lists/arguments.ts";
import type { Surface } from "../answer/next-steps.ts";
import type { FindSnapshot } from "../find-snapshot.ts";
import type { Snapshot } from "../snapshot.ts";
import { buildQueryAnswer } from "./build-query-answer.ts";
import { type ParsedQuery, parseQuery } from "./parse-query.ts";
import type { QueryAnswer, Selected } from "./query-answer.ts";
import { startRegexClock } from "./select-rows.ts";

export interface QueryPagesDeps extends Omit<QuerySnapshotOptions, "surface" | "onSelected"> {
  findSnapshot: FindSnapshot;
}

/**
 * A question to a kept snapshot in, its answer out; nothing is bought.
 * @throws {AppError} `input` for arguments that were refused, and where no such snapshot is kept
 */
export type QueryPages = (input: unknown, caller: QueryCaller) => Promise<QueryAnswer>;

/** Who asks. */
export interface QueryCaller {
  surface: Surface;
  /** Told of what was asked and found, for whoever shows more of it. Must not throw. */
  onSelected?: (snapshot: Snapshot, selected: Selected) => void;
}

export function createQueryPages({ findSnapshot, maxTokens, now }: QueryPagesDeps): QueryPages {
  return async (input, { surface, onSelected }) => {
    const parsed = parseQuery(input);
    const { ref } = parsed.query;
    const snapshot = await findSnapshot(ref.snapshotId === undefined ? ref : { snapshotId: ref.snapshotId }, {
      surface,
    });
    return querySnapshot(snapshot, parsed, {
      maxTokens,
      surface,
      now,
      ...(onSelected !== undefined && { onSelected: (selected) => onSelected(snapshot, selected) }),
    });
  };
}

export interface QuerySnapshotOptions {
  /** How large the answer may get, in tokens; rows are left out to fit, and counted. */
  maxTokens: number;
  surface: Surface;
  /** A clock, ms: bounds the time that a caller's regular expression may take. Without it there is no bound. */
  now?: (() => number) | undefined;
  /** Told of what was found. */
  onSelected?: (selected: Selected) => void;
}

/**
 * Puts a checked question to the snapshot that was found for it.
 * @throws {AppError} `input` where the question names another target, for handles that the snapshot does not have, and
 *   for a regex that takes too long
 */
export function querySnapshot(
  snapshot: Snapshot,
  { query, notes }: ParsedQuery,
  { maxTokens, surface, now, onSelected }: QuerySnapshotOptions,
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
    ...(now !== undefined && { checkTime: startRegexClock(now) }),
    ...(onSelected !== undefined && { onSelected }),
  });
}
