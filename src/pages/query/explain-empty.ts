import type { Snapshot } from "../snapshot/snapshot.ts";
import { countOf } from "../text.ts";
import { listConditions } from "./conditions.ts";
import type { PagesQuery, Where } from "./query.ts";
import { type CheckTime, selectRows } from "./select-rows.ts";

/** A condition that keeps all pages out on its own: without it there are some. */
export interface Loosened {
  words: string;
  /** Pages that the others leave. */
  pages: number;
  without: Where;
}

/** `without status broken: 14 pages` */
export const wordLoosened = ({ words, pages }: Pick<Loosened, "words" | "pages">): string =>
  `without ${words}: ${countOf(pages, "page")}`;

/**
 * Tries every condition of a question that nothing meets: what would be there without it?
 * @returns only those that bring pages back, most pages first
 */
export function explainEmpty(snapshot: Snapshot, { where, fold }: PagesQuery, checkTime?: CheckTime): Loosened[] {
  return listConditions(where)
    .map(({ words, without }) => ({ words, without, pages: selectRows(snapshot, without, fold, checkTime).pages }))
    .filter(({ pages }) => pages > 0)
    .sort((a, b) => b.pages - a.pages);
}
