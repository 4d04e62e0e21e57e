import { ALL_SETTINGS } from "../config/http-settings.ts";
import { FORMATS, shortenNames } from "../pages/export/snapshot-files.ts";
import { PRODUCT } from "../version.ts";
import { EXIT_CODES } from "./args.ts";
import { alignColumns, wrapText } from "./terminal.ts";

/**
 * What `--help` prints.
 * @param width of the terminal; left out, every entry is one line
 */
export function renderHelp(width?: number): string {
  const indent = (rows: string[][]) => (width === undefined ? indentColumns(rows) : indentEntries(rows, width));
  const settings = ALL_SETTINGS.map(({ facts, flag }) => [
    facts.env.join(" or "),
    flag === undefined ? "" : `--${flag}`,
    facts.says.replaceAll("`", ""),
  ]);
  const codes = Object.values(EXIT_CODES).map(({ code, says }) => [String(code), says]);
  const text = [
    `${PRODUCT.name} ${PRODUCT.version}: which pages of a domain earn backlinks, for people and agents`,
    "",
    "Usage",
    indent([
      ["domain-pages-mcp", "serve MCP over stdio"],
      ["domain-pages-mcp http [--host ADDRESS] [--port N]", "serve MCP over HTTP, for many (docs/http.md)"],
      [
        "domain-pages-mcp token create NAME [--scopes LIST] [--tenant NAME] [--budget USD] [--per-minute N] [--expires-days N]",
        "make an access token for http; token list [--json], token revoke NAME",
      ],
      [
        "domain-pages-mcp get <target> [--limit N] [--body JSON] [--fresh] [--yes] [--json | --csv]",
        "fetch and condense (paid with a key, else sandbox); --fresh takes no kept answer, --yes agrees to the price",
      ],
      [
        "domain-pages-mcp estimate <target> [--limit N] [--body JSON] [--json]",
        "what get would cost and bring: quote, kept answer, budget left (free)",
      ],
      [
        "domain-pages-mcp spend [--day YYYY-MM-DD] [--account NAME] [--json]",
        "what was spent, by account and target, and what is left (free)",
      ],
      [
        "domain-pages-mcp query <snapshot | target> [--body JSON] [--json | --csv]",
        "ask a kept answer: filter, sort, group, open pages (free)",
      ],
      [
        "domain-pages-mcp compare <snapshot | target> <snapshot | target> [--json | --csv]",
        "what changed between two kept answers, or two targets side by side (free); --csv gives a terminal what a pipe gets",
      ],
      [
        "domain-pages-mcp export <snapshot | target> --format FORMAT [--out FILE] [--force] [--excel]",
        `a kept answer as a file: ${shortenNames(Object.keys(FORMATS), "-").join(", ")}; --excel marks CSV as UTF-8 (free)`,
      ],
      [
        "domain-pages-mcp view <snapshot | target> [<snapshot | target>] [--out FILE] [--force]",
        "a kept answer, or two compared, as one page for the browser: table, charts, findings (free)",
      ],
      ["domain-pages-mcp import <file> [--json]", "condense a saved answer of the endpoint; - reads stdin (free)"],
      [
        "domain-pages-mcp sandbox [--port N] [--key KEY] [--price USD] [--price-per-page USD] [--fault NAME]",
        "serve the sandbox endpoint over HTTP on 127.0.0.1, with prices and faults on demand",
      ],
      [
        "domain-pages-mcp doctor [--json]",
        "check settings, key, storage, budget, network and price, and say what to do (free)",
      ],
      ["domain-pages-mcp --help | --version", ""],
    ]),
    "",
    "Settings (environment, flags over it)",
    indent(settings),
    "",
    "Exit codes",
    indent(codes),
  ].join("\n");
  return width === undefined ? text : wrapText(text, width);
}

const indentColumns = (rows: string[][]): string => alignColumns(rows).replace(/^(?=.)/gm, "  ");

/** What each entry says stands below it where the columns would not fit. */
function indentEntries(rows: readonly string[][], width: number): string {
  const columns = indentColumns([...rows]);
  if (columns.split("\n").every((line) => line.length <= width)) return columns;
  return rows
    .flatMap(([name = "", ...says]) => [
      `  ${name}`,
      ...says.filter((each) => each !== "").map((each) => `      ${each}`),
    ])
    .map((line) => wrapText(line, width))
    .join("\n");
}
