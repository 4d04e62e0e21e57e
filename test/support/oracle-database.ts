import initSqlJs from "sql.js";
import type { WrittenFilter } from "./oracle-filters.ts";
import { toSql } from "./oracle-sql.ts";

/** Characters that no text of the oracle's pages may hold by itself. */
export const STAND_INS = /[\ue000-\uefff]/;

/** SQLite ends a text at NUL and knows no half of a surrogate pair, and its driver drops a byte order mark. */
const NOT_STORABLE = /\0|\ufeff|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export interface OracleDatabase {
  /** Which pages, from 0, a filter selects. */
  select(filter: WrittenFilter, listLimit: number | null): Set<number>;
  /** The whole statement that `select` runs. */
  explain(filter: WrittenFilter, listLimit: number | null): string;
  close(): void;
}

/** An SQLite database in memory that holds raw items as JSON. */
export async function openOracleDatabase(items: readonly unknown[]): Promise<OracleDatabase> {
  const { Database } = await initSqlJs();
  const database = new Database();
  database.run("PRAGMA case_sensitive_like = ON");
  database.run("CREATE TABLE pages (place INTEGER PRIMARY KEY, raw BLOB NOT NULL)");
  const insert = database.prepare("INSERT INTO pages VALUES (?, jsonb(?))");
  for (const [place, item] of items.entries())
    insert.run([place, JSON.stringify(item, (_, value) => toStorable(value))]);
  insert.free();
  database.create_function("is_ilike", (text: string, pattern: string) => Number(toLikeRegex(pattern).test(text)));
  database.create_function("is_match", (text: string, words: string) =>
    Number(toWordRegexes(words).every((word) => word.test(text))),
  );
  database.create_function("is_regex", (text: string, pattern: string) => Number(toRegex(pattern).test(text)));
  const explain = (filter: WrittenFilter, listLimit: number | null) =>
    `SELECT place FROM pages WHERE ${toSql(mapTexts(filter), listLimit)}`;
  return {
    explain,
    select: (filter, listLimit) => {
      const [answer] = database.exec(explain(filter, listLimit));
      return new Set(answer?.values.map(([place]) => Number(place)));
    },
    close: () => database.close(),
  };
}

/** Each of them becomes one character that, as it, is no letter, digit or space, and that stands for nothing else. */
function toStorable(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return value.replace(NOT_STORABLE, (character) => {
    const code = character.charCodeAt(0);
    if (code === 0) return "\ue000";
    return code === 0xfeff ? "\ue001" : String.fromCharCode(code - 0xd800 + 0xe100);
  });
}

const mapTexts = (filter: WrittenFilter): WrittenFilter =>
  JSON.parse(JSON.stringify(filter, (_, value) => toStorable(value))) as WrittenFilter;

/** What was made of a pattern is kept: a statement asks for the same one of every page. */
function remember<T>(make: (text: string) => T): (text: string) => T {
  const made = new Map<string, T>();
  return (text) => {
    const known = made.get(text) ?? make(text);
    made.set(text, known);
    return known;
  };
}

const escapeRegex = (text: string): string => text.replace(/[\^$\\.*+?()[\]{}|/]/g, "\\$&");

const toLikeRegex = remember((pattern) => new RegExp(`^${pattern.split("%").map(escapeRegex).join("[^]*")}$`, "iu"));

const toWordRegexes = remember((words) =>
  words
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .map((word) => new RegExp(`(?<![\\p{L}\\p{N}])${word}(?![\\p{L}\\p{N}])`, "iu")),
);

const toRegex = remember((pattern) => new RegExp(pattern, "u"));
