/** One cell and the mark that ends it; quotes inside quotes are doubled. */
const CELL = /(?:"((?:[^"]|"")*)"|([^",\n\r]*))(,|\r\n|\n|\r|$)/gy;

/**
 * A small reader of CSV (RFC 4180), written apart from our writer so that the two can disagree.
 * @returns the cells of every line, quotes opened; a line break inside quotes belongs to its cell
 * @throws where a line is no CSV, such as a quote in the middle of a bare cell
 */
export function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  do {
    CELL.lastIndex = at;
    const match = CELL.exec(text);
    if (match === null) throw new Error(`no CSV from here: ${text.slice(at, at + 40)}`);
    const [all, quoted, bare = "", end = ""] = match;
    rows.at(-1)?.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    at += all.length;
    if (end === "") break;
    if (end !== ",") rows.push([]);
  } while (at <= text.length);
  return rows;
}
