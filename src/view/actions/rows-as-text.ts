import { CALLED_TOOLS, type ViewHead } from "../../pages/view/view-data.ts";
import type { TextFile } from "../bridge/host.ts";
import type { PlacedRow } from "../state/placed-rows.ts";
import { shorten, toShownUrl, UNKNOWN, type Words } from "../words/words.ts";

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
    `Details, free: ${CALLED_TOOLS.query} {"snapshot_id":${JSON.stringify(head.snapshotId)},"handles":[…]}`,
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

const COLUMNS: readonly (readonly [string, (row: PlacedRow) => string | number | null | undefined])[] = [
  ["id", ({ handle }) => handle],
  ["url", ({ url }) => url],
  ["http", ({ status }) => status],
  ["location", ({ location }) => location],
  ["rank", ({ rank }) => rank],
  ["backlinks", ({ backlinks, backlinksAtLeast }) => (backlinksAtLeast ? `${backlinks}+` : backlinks)],
  ["ref_domains_low", ({ domains }) => domains?.low],
  ["ref_domains_high", ({ domains }) => domains?.high],
  ["nofollow_share", ({ nofollow }) => nofollow],
  ["spam_low", ({ spam }) => spam?.low],
  ["spam_high", ({ spam }) => spam?.high],
  ["first_seen", ({ firstSeen }) => firstSeen],
  ["lost", ({ lost }) => lost],
  ["section", ({ section }) => section],
  ["folded", ({ variants }) => variants.join(" ")],
  ["title", ({ title }) => title],
];

/** The rows as CSV, for a place in which nobody can be asked for the server's own. */
export function toRowsCsv(rows: readonly PlacedRow[], name: string): TextFile {
  const lines = rows.map((row) => COLUMNS.map(([, read]) => toCell(read(row))).join(","));
  const text = `${[COLUMNS.map(([column]) => column).join(","), ...lines].join("\r\n")}\r\n`;
  return { name, mimeType: "text/csv", text };
}

/** What a spreadsheet could take for a formula, wherever it splits the line: as the server's own files guard it. */
const FORMULA = /(?<=^|[;\t\r\n])(?=["\s]*[=+\-@＝＋－＠])/g;

function toCell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const plain = value.replace(FORMULA, "'");
  return `"${plain.replaceAll('"', '""')}"`;
}

/** A target as part of a file's name. */
export const toFileName = (target: string, rest: string): string =>
  `${target.replace(/[^a-z0-9.-]/gi, "_").slice(0, 80)}-${rest}`;
