import { answerQuery } from "../../../../src/lists/query/answer-query.ts";
import type { PagesSnapshot } from "../../../../src/pages/domain-pages.ts";
import { ASKING_PAGES } from "../../../../src/pages/query/asking-pages.ts";
import type { PagesAnswer } from "../../../../src/pages/query/query-pages.ts";
import { parseQuery } from "../../../../src/pages/query/query-pages.ts";

/** Large enough that every row of a small list fits. */
export const PLENTY = 1_000_000;

/** What a snapshot answers to arguments as a client sends them. */
export function ask(snapshot: PagesSnapshot, question: object, maxTokens = PLENTY): PagesAnswer {
  const { query, notes } = parseQuery({ snapshot_id: snapshot.id, ...question });
  return answerQuery(ASKING_PAGES, snapshot, query, { maxTokens, surface: "mcp", notes });
}

/** The handles of the rows shown. */
export const handlesOf = ({ table }: PagesAnswer): unknown[] => (table?.rows ?? []).map(([handle]) => handle);

/** The cells of one column. */
export function columnOf({ table }: PagesAnswer, name: string): unknown[] {
  const at = table?.columns.indexOf(name) ?? -1;
  return at < 0 ? [] : (table?.rows ?? []).map((row) => row[at]);
}
