import type { Surface } from "../../lists/calls.ts";
import { toRecords } from "../../lists/query/item-record.ts";
import { buildComparisonWithin } from "../compare/compare-pages.ts";
import type { PagesSnapshot } from "../domain-pages.ts";
import { ASKING_PAGES } from "../query/asking-pages.ts";
import { renderRedirectsCsv } from "../redirects/redirects-csv.ts";
import { jsonBytes, MAX_VIEW_BYTES, toSnapshotView } from "./snapshot-view.ts";
import type { ComparisonView, ViewFile } from "./view-data.ts";

/** A file has room for everything. */
const WHOLE = { maxBytes: Infinity } as const;

/** One snapshot as a file that needs no host: all rows, every record in words, and the reclaim list. */
export function toSnapshotFile(snapshot: PagesSnapshot): ViewFile {
  const records = toRecords(snapshot.items, Infinity, ASKING_PAGES.record).map(
    ({ handle, url, fields }): [string, ViewFile["records"][string]] => [handle, { url, fields }],
  );
  return {
    view: toSnapshotView(snapshot, WHOLE),
    records: Object.fromEntries(records),
    redirects: renderRedirectsCsv(snapshot),
  };
}

/** Two snapshots, compared, as such a file. */
export const toComparisonFile = (first: PagesSnapshot, second: PagesSnapshot): ViewFile => ({
  view: toComparisonView(first, second, { ...WHOLE, surface: "cli" }),
  records: {},
  redirects: null,
});

/** Where the page keeps what it is to show; empty in the page that a host gets, which is told by the host. */
const OPENING = '<script type="application/json" id="view-file">';
const EMPTY = `${OPENING}null</script>`;

/** What could end the element early, or be read as markup; two line separators for the sake of old parsers. */
const UNSAFE = /[<>&\u2028\u2029]/g;

/**
 * The page with everything in it that it shows.
 * @throws {Error} when the page has no such place, or several
 */
export function fillPage(html: string, file: ViewFile): string {
  const [before, after, ...more] = html.split(EMPTY);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error("the view's page does not have exactly one place for its data");
  }
  const json = JSON.stringify(file).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${before}${OPENING}${json}</script>${after}`;
}

export interface ComparisonViewOptions {
  /** The most the view's JSON may come to, in bytes; `Infinity` for all rows. @default MAX_VIEW_BYTES */
  maxBytes?: number;
  /** Where the view is looked at, which decides what can be called next. @default "mcp" */
  surface?: Surface;
}

/**
 * Two snapshots as a view draws them: the comparison with room for far more rows than an answer has.
 * @returns at most `maxBytes` as JSON; the rows that do not fit are counted, and told in words
 */
export function toComparisonView(
  first: PagesSnapshot,
  second: PagesSnapshot,
  { maxBytes = MAX_VIEW_BYTES, surface = "mcp" }: ComparisonViewOptions = {},
): ComparisonView {
  const toView = (comparison: ComparisonView["comparison"]): ComparisonView => ({
    kind: "comparison",
    version: 1,
    comparison,
  });
  return toView(
    buildComparisonWithin(first, second, {
      surface,
      room: (bare) => maxBytes - jsonBytes(toView(bare)) - WORDS_SLACK,
      rowCost: (_columns, row) => jsonBytes(row) + 1,
    }),
  );
}

/** What the words about left-out rows may come to beyond those of a comparison that leaves all out, in bytes. */
const WORDS_SLACK = 256;
