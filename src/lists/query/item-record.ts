import { Refusal, toInputError } from "../arguments.ts";
import type { Item, JsonObject, Snapshot } from "../snapshot.ts";
import { formatCount, toOneLine, toSafeJson } from "../text.ts";
import { estimateTokens } from "../tokens.ts";
import { cutToTokens } from "./fit-table.ts";

/** One field of an item: its name in filters, and its value in words. */
export interface RecordField {
  name: string;
  value: string;
}

/** An item with every field that came, or with those that fit. */
export interface ItemRecord {
  handle: string;
  /** In full, unless it is longer than any that is of use. */
  url: string;
  fields: RecordField[];
  /** Names of the fields that did not fit. */
  leftOut: string[];
}

const MAX_URL_CHARS = 300;
const MAX_NAME_CHARS = 60;
const MAX_TEXT_CHARS = 200;
const MAX_ENTRY_CHARS = 100;
const MAX_ENTRIES = 40;
const MAX_LIST = 10;

/** Deeper than any item of an endpoint. */
const MAX_DEPTH = 6;

/** In which order the fields of an item are told. */
export interface RecordOrder {
  /** Said by the record's first line, or the same for every item. */
  said: ReadonlySet<string>;
  /** What is most worth reading comes first; then everything under these names; the rest in the order in which it came. */
  first: readonly string[];
  under: readonly string[];
}

/**
 * Opens items as far as they fit: each gets an even share, and what one leaves the next may use. Fields come in the
 * order of their worth, then the rest as it came.
 */
export function toRecords(items: readonly Item[], tokens: number, order: RecordOrder): ItemRecord[] {
  let left = tokens;
  return items.map((item, index) => {
    const record = fitRecord(item, left / (items.length - index), order);
    left -= costOf(record);
    return record;
  });
}

const costOf = ({ handle, url, fields, leftOut }: ItemRecord): number =>
  fields.reduce((sum, field) => sum + costOfField(field), estimateTokens(`${handle} ${url}`) + 3) +
  costOfNames(leftOut);

const costOfField = ({ name, value }: RecordField): number => estimateTokens(`${name}: ${value}`) + 1;

const costOfNames = (names: readonly string[]): number =>
  names.length === 0 ? 0 : estimateTokens(wordLeftOut(names)) + 4;

function fitRecord(item: Item, tokens: number, order: RecordOrder): ItemRecord {
  const fields = listFields(item.raw, order);
  const record: ItemRecord = { handle: item.handle, url: toOneLine(item.url, MAX_URL_CHARS), fields, leftOut: [] };
  if (costOf(record) <= tokens) return record;
  record.url = cutToTokens(item.url, tokens / 4);
  // The names of what is left out cost too: room for them is kept from the start.
  let left = tokens - costOf({ ...record, fields: [] }) - MAX_LEFT_OUT_TOKENS;
  const kept = fields.filter((field) => {
    const cost = costOfField(field);
    if (cost > left) return false;
    left -= cost;
    return true;
  });
  const names = new Set(kept);
  return { ...record, fields: kept, leftOut: fields.filter((each) => !names.has(each)).map(({ name }) => name) };
}

const MAX_LEFT_OUT_NAMES = 3;
const MAX_LEFT_OUT_CHARS = 140;
const MAX_LEFT_OUT_TOKENS = 40;

/** `meta.h1, meta.h2 and 3 more fields` */
export function wordLeftOut(names: readonly string[]): string {
  const named: string[] = [];
  let chars = 0;
  for (const name of names.slice(0, MAX_LEFT_OUT_NAMES)) {
    chars += name.length + 2;
    if (chars > MAX_LEFT_OUT_CHARS || estimateTokens(name) > MAX_LEFT_OUT_TOKENS / 2) break;
    named.push(name);
  }
  const more = names.length - named.length;
  const rest = `${formatCount(more)} ${named.length === 0 ? "" : "more "}field${more === 1 ? "" : "s"}`;
  if (more === 0) return named.join(", ");
  return named.length === 0 ? rest : `${named.join(", ")} and ${rest}`;
}

/** Every field that is not null, by its name in filters: plain values of one object stand together on a line. */
function listFields(raw: JsonObject, { said, first, under }: RecordOrder): RecordField[] {
  const fields = listObject(raw, "", 0).filter(({ name }) => !said.has(name));
  const rankOf = ({ name }: RecordField): number => {
    const at = first.indexOf(name);
    if (at >= 0) return at;
    const group = under.findIndex((each) => name.startsWith(`${each}.`));
    return first.length + (group >= 0 ? group : under.length);
  };
  return fields.sort((a, b) => rankOf(a) - rankOf(b));
}

function listObject(object: JsonObject, path: string, depth: number): RecordField[] {
  const entries = Object.entries(object).filter(([, value]) => !isEmpty(value));
  const isOnLine = ([, value]: [string, unknown]): boolean =>
    path !== "" && (typeof value === "number" || typeof value === "boolean");
  const onLine = entries.filter(isOnLine);
  const own = entries
    .filter((entry) => !isOnLine(entry))
    .flatMap(([key, value]) => listField(value, path === "" ? toName(key) : `${path}.${toName(key)}`, depth));
  return onLine.length === 0 ? own : [{ name: path, value: toEntries(onLine) }, ...own];
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);

function listField(value: unknown, name: string, depth: number): RecordField[] {
  if (isObject(value) && depth < MAX_DEPTH) return listObject(value, name, depth + 1);
  return [{ name, value: toValue(value) }];
}

/** `com 12, net 3` */
function toEntries(entries: readonly [string, unknown][]): string {
  const shown = entries
    .slice(0, MAX_ENTRIES)
    .map(([key, value]) => `${key === "" ? "(none)" : toName(key)} ${String(value)}`);
  return [...shown, ...wordMore(entries.length - shown.length)].join(", ");
}

function toValue(value: unknown): string {
  if (typeof value === "string") return quote(value, MAX_TEXT_CHARS);
  if (!Array.isArray(value)) return isObject(value) ? "(nested deeper)" : String(value);
  const parts = value.slice(0, MAX_LIST).map((each) => {
    if (typeof each === "string") return quote(each, MAX_ENTRY_CHARS);
    return typeof each === "object"
      ? quote(JSON.stringify(each).slice(0, 10 * MAX_ENTRY_CHARS), MAX_ENTRY_CHARS)
      : String(each);
  });
  return [...parts, ...wordMore(value.length - parts.length)].join(", ");
}

const wordMore = (count: number): string[] => (count <= 0 ? [] : [`${formatCount(count)} more`]);

/** Dates, codes and other plain words need no quotes; a stranger's sentence does. */
function quote(text: string, maxChars: number): string {
  const line = toOneLine(text, maxChars);
  const time = /^(\d{4}-\d{2}-\d{2}) 00:00:00 \+00:00$/.exec(line);
  if (time !== null) return time[1] ?? line;
  return /^[\w.:/+-]+(?: \d{2}:\d{2}:\d{2} \+\d{2}:\d{2})?$/.test(line) ? line : toSafeJson(line);
}

/** Keys are a stranger's too, where an upstream passes them on. */
function toName(key: string): string {
  const line = toOneLine(key, MAX_NAME_CHARS);
  return /^[\w:$-]+(?:\.[\w:$-]+)*$/.test(line) ? line : toSafeJson(line);
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `p2 /anvil-size-calculator`, then one field a line; what did not fit is named last. */
export function renderRecord({ handle, url, fields, leftOut }: ItemRecord): string {
  const place = url.includes(" ") ? toSafeJson(url) : url;
  return [
    `${handle} ${place === "" ? "(no URL)" : place}`,
    ...fields.map(({ name, value }) => `${name}: ${value}`),
    ...(leftOut.length === 0 ? [] : [`left out to fit: ${wordLeftOut(leftOut)}`]),
  ].join("\n");
}

/**
 * @returns the items in the order of their handles as given
 * @param words what handles begin with, and what items are called
 * @throws {AppError} `input` naming the handles that the snapshot has, when one is not among them
 */
export function findHandles<S extends Snapshot>(
  { id, items }: S,
  handles: readonly string[],
  { handle: letter, many }: { handle: string; many: string },
): S["items"][number][] {
  const found = handles.map((handle) => items[Number(handle.slice(letter.length)) - 1]);
  const unknown = handles.filter((_, index) => found[index] === undefined);
  if (unknown.length > 0) {
    const one = `${letter}1`;
    const range =
      items.length === 0
        ? `it holds no ${many}`
        : `it holds ${items.length === 1 ? one : `${one}..${letter}${items.length}`}`;
    throw toInputError([new Refusal("handles", `snapshot ${id} has no ${unknown.join(", ")}`, range)]);
  }
  return found.filter((item) => item !== undefined);
}
