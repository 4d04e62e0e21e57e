import type { Surface } from "../answer/next-steps.ts";
import { Refusal, toInputError } from "../request/refusal.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { buildQueryAnswer } from "./build-query-answer.ts";
import type { ParsedQuery } from "./parse-query.ts";
import type { QueryAnswer } from "./query-answer.ts";
import { startRegexClock } from "./select-rows.ts";
import type { Selected } from "./selected.ts";

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
