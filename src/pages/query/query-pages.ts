import type { Surface } from "../answer/next-steps.ts";
import { Refusal, toInputError } from "../request/refusal.ts";
import type { FindSnapshot } from "../snapshot/find-snapshot.ts";
import { buildQueryAnswer } from "./build-query-answer.ts";
import { parseQuery } from "./parse-query.ts";
import type { QueryAnswer } from "./query-answer.ts";
import { startRegexClock } from "./select-rows.ts";

export interface QueryPagesDeps {
  findSnapshot: FindSnapshot;
  /** How large an answer may get, in tokens; rows are left out to fit, and counted. */
  maxTokens: number;
  /** A clock, ms: bounds the time that a caller's regular expression may take. Without it there is no bound. */
  now?: () => number;
}

/**
 * A question to a kept snapshot in, its answer out; nothing is bought.
 * @throws {AppError} `input` for arguments that were refused, and where no such snapshot is kept
 */
export type QueryPages = (input: unknown, caller: { surface: Surface }) => Promise<QueryAnswer>;

export function createQueryPages({ findSnapshot, maxTokens, now }: QueryPagesDeps): QueryPages {
  return async (input, { surface }) => {
    const { query, notes } = parseQuery(input);
    const { snapshotId, target } = query.ref;
    const snapshot = await findSnapshot(snapshotId === undefined ? query.ref : { snapshotId }, { surface });
    if (target !== undefined && target !== snapshot.request.target) {
      const rule = `is ${target}, but snapshot ${snapshot.id} is of ${snapshot.request.target}`;
      throw toInputError([new Refusal("target", rule, "leave out one of the two")]);
    }
    return buildQueryAnswer(snapshot, query, {
      maxTokens,
      surface,
      notes,
      ...(now !== undefined && { checkTime: startRegexClock(now) }),
    });
  };
}
