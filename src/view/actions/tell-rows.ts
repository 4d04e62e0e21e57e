import type { ViewHead } from "../../pages/view/view-data.ts";
import type { PlacedRow } from "../state/read-rows.ts";
import { shorten, toShownUrl } from "../words/shorten.ts";
import { UNKNOWN, type Words } from "../words/words.ts";

/** A model reads each of them; what is beyond is asked for by its handle. */
const MAX_ROWS = 20;

/**
 * Rows in few words for a model: the snapshot by its id, a line for each row, and what was left out.
 * @param choice how the rows were chosen, in words; empty when they are all
 */
export function tellRows(head: ViewHead, rows: readonly PlacedRow[], choice: string, words: Words): string {
  const told = rows.slice(0, MAX_ROWS).map((row) => tellRow(row, head.target, words));
  const more = rows.length - told.length;
  return [
    `In the view of snapshot ${head.snapshotId} (${head.target}) the person looks at ${words.counted(rows.length, "row")}${choice === "" ? "" : `, ${oneLine(choice, 200)}`}:`,
    ...told,
    ...(more > 0 ? [`${more} more`] : []),
    `Details, free: query_domain_pages {"snapshot_id":${JSON.stringify(head.snapshotId)},"handles":[…]}`,
  ].join("\n");
}

function tellRow(row: PlacedRow, target: string, words: Words): string {
  const { handle, url, status, rank, backlinks, domains } = row;
  const figures = [
    `http ${status ?? UNKNOWN}`,
    ...(rank === null ? [] : [`rank ${rank}`]),
    ...(backlinks === null ? [] : [`${backlinks} backlinks`]),
    ...(domains === null ? [] : [`${words.range(domains)} domains`]),
  ];
  return `${handle} ${JSON.stringify(oneLine(toShownUrl(url, target), 120))}: ${figures.join(", ")}`;
}

/** A stranger's text is one line, and nothing in it is hidden. */
const oneLine = (text: string, maxChars: number): string =>
  shorten(
    text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ").replace(/[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu, ""),
    maxChars,
  );
