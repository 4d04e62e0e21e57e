import type { TextFile } from "../bridge/host.ts";
import type { PlacedRow } from "../state/read-rows.ts";

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
