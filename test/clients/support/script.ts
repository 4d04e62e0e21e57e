/** A tool call as the script wants it, by the tool's own name. */
export interface ScriptedCall {
  tool: string;
  args: Record<string, unknown>;
}

/** What the model does next: call a tool, or say its last words. */
export type Turn = { call: ScriptedCall } | { say: string };

/** What a user asks; the stand-in does not read it. */
export const QUESTION = "Which dead pages of acme.example still hold links?";

/** How every conversation ends when the model was shown what it needs. */
export const LAST_WORDS = "2 of its 20 first pages are dead and hold 338 backlinks; p2 holds most of them.";

/** A field that does not exist, in a place that no advertised schema describes: only the server can refuse it. */
export const WRONG_FIELD = "backlinkz";

const SNAPSHOT_ID = /\bs_[0-9a-z]{8}\b/;

/**
 * What the model does, given the results it was shown so far: fetch, ask the snapshot, make a mistake, finish. It reads
 * the snapshot's id in the first result, as a model has to.
 * @param results as they arrived, oldest first
 */
export function takeTurn(results: readonly string[]): Turn {
  // So few that all of them are shown.
  if (results.length === 0) return { call: { tool: "get_domain_pages", args: { target: "acme.example", limit: 20 } } };
  const snapshotId = SNAPSHOT_ID.exec(results[0] ?? "")?.[0];
  if (snapshotId === undefined) return { say: "I was shown no snapshot_id." };
  const args = { snapshot_id: snapshotId };
  if (results.length === 1) {
    return {
      call: {
        tool: "query_domain_pages",
        args: { ...args, status: "broken", order_by: ["page_summary.backlinks,desc"] },
      },
    };
  }
  if (results.length === 2) {
    return { call: { tool: "query_domain_pages", args: { ...args, filters: [WRONG_FIELD, ">", 10] } } };
  }
  return { say: LAST_WORDS };
}
