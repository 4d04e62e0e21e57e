import { findOracleField, type OracleField } from "./oracle-fields.ts";
import type { WrittenCondition, WrittenFilter, WrittenGroup, WrittenValue } from "./oracle-filters.ts";

/**
 * Writes a filter as an SQL condition on a table `pages (raw)` of JSON, from the language's description alone.
 * SQL's own three values carry the rule that an unknown value satisfies no condition: such a condition is NULL, its
 * negation too, and WHERE takes only what is true.
 */
export function toSql(filter: WrittenFilter, listLimit: number | null): string {
  if (isCondition(filter)) return conditionToSql(filter, listLimit);
  return `(${filter.map((part) => (typeof part === "string" ? part.toUpperCase() : toSql(part, listLimit))).join(" ")})`;
}

const isCondition = (filter: WrittenCondition | WrittenGroup): filter is WrittenCondition =>
  typeof filter[0] === "string";

const NEGATIONS: Readonly<Record<string, string>> = { "<>": "=", has_not: "=" };

function conditionToSql([name, operator, value]: WrittenCondition, listLimit: number | null): string {
  const field = findOracleField(name);
  const isNegated = operator === "<>" || operator === "has_not" || operator.startsWith("not_");
  const positive = NEGATIONS[operator] ?? operator.replace("not_", "").replace("has", "=");
  const each = "json_each(CASE json_type(found) WHEN 'array' THEN found ELSE json_array(json(found)) END)";
  const any = `EXISTS (SELECT 1 FROM ${each} AS e WHERE ${testToSql(field, positive, value)})`;
  const known = `CASE WHEN found IS NULL OR found = 'null' THEN NULL ELSE ${isNegated ? "NOT " : ""}${any} END`;
  return `(SELECT ${known} FROM (SELECT ${fieldToSql(field, listLimit)} AS found))`;
}

/** The value as JSON text; NULL for nothing there. */
function fieldToSql({ steps, counts }: OracleField, listLimit: number | null): string {
  if (!counts) return `raw -> ${pathOf(steps)}`;
  const map = `json_each(raw, ${pathOf(steps.slice(0, -1))})`;
  const entry = `FROM ${map} WHERE key = ${quote(steps.at(-1) ?? "")}`;
  const isNone = `json_type(raw, ${pathOf(steps.slice(0, -1))}) IS NOT 'object'`;
  const cut = listLimit === null ? "" : ` WHEN (SELECT count(*) FROM ${map}) >= ${listLimit} THEN NULL`;
  // json_quote keeps the difference between a number and its text; a null in the map is JSON's null.
  return `CASE WHEN ${isNone} THEN NULL WHEN EXISTS (SELECT 1 ${entry}) THEN (SELECT json_quote(value) ${entry})${cut} ELSE '0' END`;
}

function testToSql({ kind }: OracleField, operator: string, value: WrittenValue): string {
  if (Array.isArray(value)) {
    const tests = value.map((each) => `(${testToSql({ kind } as OracleField, "=", each)})`);
    return tests.join(" OR ");
  }
  if (typeof value === "number") return `e.type IN ('integer', 'real') AND e.atom ${operator} ${value}`;
  if (kind === "time") return `e.type = 'text' AND ${secondOf("e.atom")} ${operator} ${secondOf(quote(value))}`;
  return `e.type = 'text' AND ${textTestToSql(operator, value)}`;
}

function textTestToSql(operator: string, value: string): string {
  switch (operator) {
    case "=":
      return `e.atom = ${quote(value)}`;
    case "like":
      return `e.atom LIKE ${quote(value.replace(/[\\_]/g, "\\$&"))} ESCAPE '\\'`;
    default:
      return `is_${operator}(e.atom, ${quote(value)})`;
  }
}

/**
 * Seconds since the epoch of a time in any spelling; NULL for what is none. A clock may be written with dashes, the
 * offset may be missing (UTC) or `Z`; a date alone is its midnight.
 */
function secondOf(text: string): string {
  const day = `substr(${text}, 1, 10)`;
  const clock = `replace(substr(${text}, 12, 8), '-', ':')`;
  const zone = `replace(trim(substr(${text}, 20)), 'Z', '')`;
  const isRealDay = `date(${day}, '+0 days') = ${day}`;
  const second = `unixepoch(CASE length(${text}) WHEN 10 THEN ${day} ELSE ${day} || ' ' || ${clock} || ${zone} END)`;
  return `(CASE WHEN ${isRealDay} THEN ${second} END)`;
}

const pathOf = (steps: readonly string[]): string => quote(`$${steps.map((step) => `."${step}"`).join("")}`);

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
