import type { Surface } from "../answer/next-steps.ts";
import type { FindSnapshot } from "../snapshot/find-snapshot.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { parseQuery } from "./parse-query.ts";
import type { QueryAnswer } from "./query-answer.ts";
import { type QuerySnapshotOptions, querySnapshot } from "./query-snapshot.ts";
import type { Selected } from "./selected.ts";

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
