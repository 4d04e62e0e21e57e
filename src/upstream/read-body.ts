import type { Endpoint } from "../lists/endpoint.ts";

/** What a text holds, read as far as it goes. */
export interface ReadJson {
  /** The values that stand in it, one after another: one as a rule, several in JSON lines. */
  values: unknown[];
  /** The text ends in the middle of a value. */
  isCut: boolean;
  /** What was whole of that value is the last of `values`. */
  hasPart: boolean;
  /** Something that is no JSON stood around the values: only a whole answer among them means anything. */
  isAmongText?: true;
}

/**
 * Reads JSON as it is found where others wrote it: with a byte order mark, with NaN or Infinity for a number (read as
 * null), a comma too many, value after value (JSON lines), among other text (an event stream, HTTP headers, a warning of
 * a program), or broken off (read to the last whole item). Never guesses at a value.
 * @returns undefined when it is none of these
 */
export function readJson(written: string): ReadJson | undefined {
  const text = written.replace(/^\uFEFF/, "");
  try {
    return { values: [JSON.parse(text)], isCut: false, hasPart: false };
  } catch {
    return readPieces(text) ?? readAmongText(text);
  }
}

/** Where JSON that can be an answer begins. */
const VALUE_START = /[{[](?=\s*["{[])/g;

/** How much that looks like JSON and is none is passed over: each may run to the end of the text. */
const MAX_MISSES = 8;

/** A line of an event stream, without which what it carries is JSON. */
const EVENT_LINE = /^data: ?/gm;

function readAmongText(written: string): ReadJson | undefined {
  const text = /^\s*(?:data|event|id|retry|:)/.test(written) ? written.replace(EVENT_LINE, "") : written;
  const values: unknown[] = [];
  const starts = new RegExp(VALUE_START);
  for (let misses = 0; misses < MAX_MISSES; ) {
    const start = starts.exec(text);
    if (start === null) break;
    const found = readFirst(text, start.index);
    if (found === undefined) {
      misses += 1;
      continue;
    }
    values.push(found.value);
    if (found.isCut) return { values, isCut: true, hasPart: true, isAmongText: true };
    starts.lastIndex = found.end;
  }
  return values.length === 0 ? undefined : { values, isCut: false, hasPart: false, isAmongText: true };
}

/** The value that begins at a place of a text, and where it ends; undefined where none does. */
function readFirst(text: string, start: number): { value: unknown; end: number; isCut: boolean } | undefined {
  const cutter = new ValueCutter();
  const tokens = new RegExp(TOKEN);
  tokens.lastIndex = start;
  let end = start;
  for (let found = tokens.exec(text); found !== null && cutter.whole.length === 0; found = tokens.exec(text)) {
    if (!cutter.take(found[0])) return undefined;
    end = tokens.lastIndex;
  }
  const piece = cutter.whole[0] ?? cutter.lastWhole();
  if (piece === undefined) return undefined;
  try {
    return { value: JSON.parse(piece), end, isCut: cutter.isOpen() };
  } catch {
    return undefined;
  }
}

function readPieces(text: string): ReadJson | undefined {
  try {
    const pieces = cutIntoValues(text);
    if (pieces === undefined) return undefined;
    const whole = pieces.whole.map((piece) => JSON.parse(piece) as unknown);
    const cut = pieces.cut === undefined ? [] : [JSON.parse(pieces.cut) as unknown];
    if (whole.length === 0 && !pieces.isCut) return undefined;
    return { values: [...whole, ...cut], isCut: pieces.isCut, hasPart: cut.length > 0 };
  } catch {
    return undefined;
  }
}

interface Pieces {
  whole: string[];
  isCut: boolean;
  /** The last, cut one, closed after its last whole item; undefined where it has none. */
  cut: string | undefined;
}

/** A string, a bracket, a colon, a comma; anything else runs to the next of these. A string without an end is none. */
const TOKEN = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|[{}[\]:,]|[^"{}[\]:,]+/gy;

const NO_JSON_NUMBER = /^(\s*)[+-]?(?:NaN|Infinity)(\s*)$/;

/** What may stand between values: blanks, line ends, the separator of JSON text sequences. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 7464 separates values with it.
const BETWEEN = /^[\s,\u001e]*$/;

/** @returns undefined when something stands between the values that is no JSON */
function cutIntoValues(text: string): Pieces | undefined {
  const cutter = new ValueCutter();
  let end = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    end = index + token.length;
    if (!cutter.take(token)) return undefined;
  }
  const isCut = cutter.isOpen();
  return isCut || end === text.length ? { whole: cutter.whole, isCut, cut: cutter.lastWhole() } : undefined;
}

/** Cuts a text into the values that stand in it, token by token. */
class ValueCutter {
  readonly whole: string[] = [];
  /** What closes the brackets that are open, the outermost first. */
  #closers: string[] = [];
  /** The value that is open. */
  #value = "";
  /** How deep its list of items lies: the array whose elements are worth having one by one when the text breaks off. */
  #itemsDepth: number | undefined;
  /** The value as it stands after its last whole item, closed. */
  #lastWhole: string | undefined;
  #before: [string, string] = ["", ""];
  /** A comma, with the blanks after it, is one too many if a bracket closes next. */
  #comma = "";

  isOpen(): boolean {
    return this.#closers.length > 0;
  }

  lastWhole(): string | undefined {
    return this.isOpen() ? this.#lastWhole : undefined;
  }

  /** @returns false where the token has no place in JSON */
  take(token: string): boolean {
    const isTaken = this.#place(token);
    if (token.trim() !== "") this.#before = [this.#before[1], token];
    return isTaken;
  }

  #place(token: string): boolean {
    if (token === "{" || token === "[") return this.#open(token);
    if (!this.isOpen()) return BETWEEN.test(token);
    if (token === "}" || token === "]") return this.#close(token);
    if (token === "," && this.#comma === "") this.#comma = token;
    else if (this.#comma !== "" && token.trim() === "") this.#comma += token;
    else this.#value += this.#takeComma() + token.replace(NO_JSON_NUMBER, "$1null$2");
    return true;
  }

  #takeComma(): string {
    const comma = this.#comma;
    this.#comma = "";
    return comma;
  }

  #open(bracket: "{" | "["): true {
    this.#closers.push(bracket === "{" ? "}" : "]");
    this.#value += this.#takeComma() + bracket;
    const [name, colon] = this.#before;
    if (bracket === "[" && colon === ":" && name === '"items"') this.#itemsDepth ??= this.#closers.length;
    return true;
  }

  #close(bracket: "}" | "]"): boolean {
    if (this.#closers.pop() !== bracket) return false;
    this.#comma = "";
    this.#value += bracket;
    if (this.#closers.length === this.#itemsDepth) this.#lastWhole = this.#value + this.#closers.toReversed().join("");
    if (this.isOpen()) return true;
    this.whole.push(this.#value);
    [this.#value, this.#itemsDepth, this.#lastWhole] = ["", undefined, undefined];
    return true;
  }
}

export type Json = Record<string, unknown> & { [IS_PART]?: true };

export function toObject(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** Under these names gateways, workflow tools and clients put a body of somebody else's. */
const WRAPPERS = ["data", "result", "results", "response", "body", "json", "output", "payload", "content", "text"];

/** Deeper than anybody wraps. */
const MAX_DEPTH = 6;

/** Under it a body says that it is what was whole of one that breaks off. A symbol: no reply can hold it. */
export const IS_PART = Symbol("is_part");

/** Every answer of these endpoints in what was read, also with its keys in another case; see `findBodies`. */
export function bodiesOf(read: ReadJson, endpoints: readonly Endpoint[]): Json[] {
  const asWritten = findInAll(read, endpoints, 0);
  if (holdsItems(asWritten, endpoints)) return asWritten;
  const respelt = findInAll({ ...read, values: read.values.map((value) => inSnakeCase(value)) }, endpoints, 0);
  return holdsItems(respelt, endpoints) ? respelt : asWritten;
}

const holdsItems = (bodies: readonly Json[], endpoints: readonly Endpoint[]): boolean =>
  bodies.some(({ tasks }) =>
    listOf(tasks).some((task) =>
      listOf(toObject(task)?.["result"]).some((result) =>
        listOf(toObject(result)?.["items"]).some((item) => isWholeItemOf(endpoints, item)),
      ),
    ),
  );

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Deeper than any answer in its wrappings; what lies deeper keeps its keys. */
const MAX_RESPELT_DEPTH = 24;

/** `pageSummary`, `PageSummary` and `Page_Summary` are `page_summary`; `US`, a country, stays. */
function inSnakeCase(value: unknown, depth = 0): unknown {
  if (depth > MAX_RESPELT_DEPTH || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => inSnakeCase(each, depth + 1));
  const respell = (key: string) =>
    /^[A-Z]{2}$/.test(key) ? key : key.replace(/(?<=[a-z\d])(?=[A-Z])/g, "_").toLowerCase();
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [respell(key), inSnakeCase(inner, depth + 1)]));
}

function findInAll({ values, hasPart }: ReadJson, endpoints: readonly Endpoint[], depth: number): Json[] {
  return values.flatMap((value, index) => {
    const bodies = findBodies(value, endpoints, depth);
    const last = bodies.at(-1);
    const isPart = hasPart && index === values.length - 1 && last !== undefined;
    return isPart ? [...bodies.slice(0, -1), { ...last, [IS_PART]: true }] : bodies;
  });
}

/**
 * Every answer of these endpoints within a value, in the documented form (`{"tasks": [{"result": [{"items": …}]}]}`),
 * whatever it stands in or lacks: wrapped once or more, as JSON within a text, flattened (`.ai`), a task or a result or
 * the items by themselves, several in a list.
 * @returns empty when there is none
 */
function findBodies(value: unknown, endpoints: readonly Endpoint[], depth: number): Json[] {
  if (depth > MAX_DEPTH) return [];
  if (typeof value === "string") {
    const inner = /[[{]/.test(value) ? readJson(value) : undefined;
    return inner === undefined ? [] : findInAll(inner, endpoints, depth + 1);
  }
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every((each) => isItemOf(endpoints, each))) return [toBody({}, { items: value })];
    return value.flatMap((each) => findBodies(each, endpoints, depth + 1));
  }
  const object = toObject(value);
  if (object === undefined) return [];
  return readBody(object) ?? findFirst(object, endpoints, depth);
}

/** The object itself, if it is an answer or a part of one. */
function readBody(object: Json): Json[] | undefined {
  const { tasks, result, items } = object;
  const says = object["status_code"];
  if (Array.isArray(tasks) || (typeof says === "number" && says >= 40000 && !isResult(object))) return [object];
  if (toObject(tasks) !== undefined) return [{ ...object, tasks: [tasks] }];
  if (isResult(object) && (items === null || Array.isArray(items))) return [toBody(object, object)];
  // A task by itself; its result may be null, where it says that all went well.
  const isTask = "status_code" in object && ("data" in object || "path" in object || "result_count" in object);
  const results = Array.isArray(result) ? result : [result];
  if ("result" in object && (results.some(isResult) || (isTask && (result === null || results.length === 0)))) {
    return [{ version: object["version"], status_code: object["status_code"], tasks: [object] }];
  }
  return undefined;
}

function findFirst(object: Json, endpoints: readonly Endpoint[], depth: number): Json[] {
  for (const name of WRAPPERS) {
    const found = findBodies(object[name], endpoints, depth + 1);
    if (found.length > 0) return found;
  }
  return [];
}

const isResult = (value: unknown): boolean => toObject(value) !== undefined && "items" in (value as Json);

const isItemOf = (endpoints: readonly Endpoint[], value: unknown): boolean =>
  endpoints.some(({ itemType }) => toObject(value)?.["type"] === itemType) || isWholeItemOf(endpoints, value);

/** Whether it also holds what makes it one. */
function isWholeItemOf(endpoints: readonly Endpoint[], value: unknown): boolean {
  const object = toObject(value);
  return object !== undefined && endpoints.some(({ isItem }) => isItem(object));
}

/** A result that stands without its task, as the documents frame it. */
function toBody({ id, version, status_code, status_message, cost, data, path }: Json, result: Json): Json {
  const said = { status_code, status_message };
  return { ...said, version, tasks: [{ ...said, id, cost, data, path, result: [result] }] };
}

/**
 * The endpoint that a task is an answer of: by its path, by the function that it echoes, by the type of its items.
 * @param endpoints those that it may be of; a task that says nothing is of the one whose items have a URL where its have
 *   it, without items of the first
 * @returns for that of any other endpoint its name, safe to show; undefined where nothing names it
 */
export function endpointOf(
  task: Json,
  result: Json | undefined,
  endpoints: readonly Endpoint[],
): Endpoint | string | undefined {
  const find = (told: unknown) => endpoints.find(({ name }) => name === told);
  const names = [nameIn(task["path"]), toObject(task["data"])?.["function"]].filter(isName);
  const sister = names.find((name) => find(name) === undefined);
  if (sister !== undefined) return toName(sister);
  const items = listOf(result?.["items"]).map(toObject);
  const types = items.map((item) => item?.["type"]).filter(isName);
  const named = find(names[0]);
  const [type] = types;
  if (type === undefined) {
    const told = items.filter((item) => item !== undefined);
    const [first] =
      told.length === 0 ? endpoints : endpoints.filter(({ itemKeys }) => told.some((item) => itemKeys.url in item));
    return named ?? first;
  }
  const likely = named === undefined ? endpoints : [named];
  return likely.find(({ itemType }) => types.includes(itemType)) ?? toName(type);
}

const isName = (told: unknown): told is string => typeof told === "string" && told !== "";

/** `["v3", "backlinks", "domain_pages", "live"]` → `domain_pages`; of another family `serp/google/organic`. */
function nameIn(path: unknown): string | undefined {
  const steps = Array.isArray(path) ? path.filter((step) => typeof step === "string") : [];
  const family = steps.indexOf("backlinks");
  if (family >= 0) return steps[family + 1];
  const version = steps.findIndex((step) => /^v\d$/.test(step));
  return version >= 0 ? steps.slice(version + 1, version + 4).join("/") : undefined;
}

const toName = (told: string): string => (/^[\w/-]{1,60}$/.test(told) ? told : "another endpoint");
