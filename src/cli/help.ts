import { isFormer } from "../config/former-names.ts";
import { ALL_SETTINGS } from "../config/http-settings.ts";
import { PRODUCT } from "../version.ts";
import { EXIT_CODES } from "./args.ts";
import { COMMAND_NAMES, type CommandName, commandOf, OWN_OPTIONS, renderUsage, spellOption } from "./commands.ts";
import { alignColumns, wrapText } from "./terminal.ts";

/**
 * What `--help` prints.
 * @param width of the terminal; left out, every entry is one line
 */
export function renderHelp(width?: number): string {
  const indent = (rows: string[][]) => (width === undefined ? indentColumns(rows) : indentEntries(rows, width));
  const settings = ALL_SETTINGS.filter((setting) => !isFormer(setting)).map(({ facts, flag }) => [
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
      ...COMMAND_NAMES.map((name) => [renderUsage(name), commandOf(name).says]),
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

/**
 * What `get --help` and `help get` print: one screen of one command.
 * @param width as for {@link renderHelp}
 */
export function renderCommandHelp(name: CommandName, width?: number): string {
  const { options, says, settings } = commandOf(name);
  const rows = options.map((option) => [spellOption(option), OWN_OPTIONS[option].says]);
  const indent = width === undefined ? indentColumns(rows) : indentEntries(rows, width);
  const text = [
    renderUsage(name),
    "",
    `${says.charAt(0).toUpperCase()}${says.slice(1)}.`,
    ...(rows.length === 0 ? [] : ["", "Options", indent]),
    "",
    `${settings === "http" ? "It reads the settings of the HTTP service too. " : ""}Settings as flags, and exit codes: domain-pages-mcp --help`,
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
