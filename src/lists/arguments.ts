import { distance } from "fastest-levenshtein";
import { AppError } from "../errors.ts";
import { quoteForMessage } from "./text.ts";

/**
 * One argument refused: where, by which rule, and a value that works. Thrown inside the request
 * parsers and gathered by `parseRequest`, so that a caller hears of every mistake in one round.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** The argument it is about, without the place inside it: `filters` for `filters[0]`. */
  readonly argument: string;

  constructor(path: string, rule: string, works?: string) {
    super(`${path}: ${rule}${works === undefined ? "" : `; ${works}`}`);
    this.argument = path.replace(/\[.*/s, "");
  }
}

/** Turns gathered refusals into the one error a caller sees. Nothing was sent, so nothing was charged. */
export function toInputError(refusals: readonly Refusal[]): AppError {
  return new AppError("input", refusals.map(({ message }) => message).join("\n"), {
    charge: "not_charged",
    refused: refusals.map(({ argument }) => argument),
  });
}

/** A refused value, shortened and on one line, for "got …". */
export function got(value: unknown): string {
  if (typeof value === "string") return `got ${quoteForMessage(value)}`;
  if (value === null || value === undefined) return "got nothing";
  if (Array.isArray(value)) return `got an array of ${value.length}`;
  if (typeof value === "object") return "got an object";
  return `got ${quoteForMessage(String(value))}`;
}

/**
 * Some clients send arrays, numbers and booleans as JSON strings. A string that parses to something
 * other than a string is taken for that; any other value comes back as it is.
 */
export function readJsonString(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const text = value.trim();
  if (!/^[[{\d-]|^(?:true|false|null)$/i.test(text)) return value;
  try {
    const parsed: unknown = JSON.parse(/^(?:true|false|null)$/i.test(text) ? text.toLowerCase() : text);
    return parsed;
  } catch {
    return value;
  }
}

/**
 * A whole number within bounds, also one that came as text.
 * @throws {Refusal} with the range and a number that works
 */
export function parseWhole(argument: string, value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const number = readJsonString(value);
  if (typeof number === "number" && Number.isInteger(number) && number >= min && number <= max) return number;
  const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`;
  const nearest = typeof number === "number" && number > max ? max : min;
  throw new Refusal(argument, `must be a whole number, ${range}, ${got(value)}`, `try ${nearest}`);
}

/** @throws {Refusal} for anything but true and false, in quotes or not */
export function parseSwitch(argument: string, value: unknown): boolean {
  const flag = readJsonString(value);
  if (typeof flag === "boolean") return flag;
  throw new Refusal(argument, `must be true or false, ${got(value)}`, "try true");
}

/** @throws {Refusal} naming all choices */
export function parseChoice<const T extends readonly string[]>(
  argument: string,
  value: unknown,
  choices: T,
): T[number] {
  const written =
    typeof value === "string"
      ? value
          .trim()
          .toLowerCase()
          .replace(/[\s-]+/g, "_")
      : undefined;
  const choice = choices.find((each) => each === written);
  if (choice !== undefined) return choice;
  throw new Refusal(argument, `must be one of ${choices.join(", ")}, ${got(value)}`, `try "${choices[0]}"`);
}

/** @throws {Refusal} for anything but text, and for text that is longer than any use of it */
export function parseLine(argument: string, value: unknown, maxChars: number, works: string): string {
  if (typeof value !== "string") throw new Refusal(argument, `must be text, ${got(value)}`, works);
  if (value.length > maxChars) {
    throw new Refusal(argument, `may have ${maxChars} characters, this one has ${value.length}`, works);
  }
  return value.trim();
}

/**
 * A list of names: an array, the same as a JSON string, or names parted by commas.
 * @throws {Refusal} for anything else, and for more names than allowed
 */
export function parseNames(argument: string, value: unknown, most: number, works: string): string[] {
  const read = readJsonString(value);
  const list: unknown = typeof read === "string" ? read.split(",") : read;
  if (!Array.isArray(list)) throw new Refusal(argument, `must be an array of names, ${got(value)}`, works);
  const names = list.filter((each) => each !== "");
  if (names.length > most) throw new Refusal(argument, `${names.length} names, at most ${most} are allowed`, works);
  return names.map((name, index) => {
    if (typeof name === "string") return name.trim();
    throw new Refusal(`${argument}[${index}]`, `must be text, ${got(name)}`, works);
  });
}

/** What a tool takes. */
export interface Vocabulary<Name extends string> {
  /** Its arguments, in the order in which it lists them. */
  names: readonly Name[];
  /** What others call the same thing; no spelling is near enough to find these. */
  otherWords?: ReadonlyMap<string, Name>;
  /** What there is to say of a name that asks for what no tool here has; undefined for any other. */
  refuse?: (written: string) => Refusal | undefined;
  /** Arguments that work, for messages. */
  works: string;
  /** The field that a filter finds words in, where `text` looks for them too. */
  searched?: string;
}

/**
 * Goes through the arguments of a call, for every tool alike: what a client added is passed over with a note, what counts
 * as left out is not read at all, and every refusal is gathered, so that a caller hears of all mistakes in one round.
 * @param input the arguments as they came, or the same as JSON text
 * @param read called with each argument that asks for something; its refusals are gathered
 * @throws {AppError} `input` when the input is no object
 */
export function readArguments<Name extends string>(
  input: unknown,
  { names, otherWords, refuse, works, searched }: Vocabulary<Name>,
  read: (name: Name, value: unknown) => void,
): { refusals: Refusal[]; notes: string[] } {
  const args = readJsonString(input);
  if (typeof args !== "object" || args === null || Array.isArray(args)) {
    throw toInputError([new Refusal("arguments", `must be an object, ${got(input)}`, `for example ${works}`)]);
  }
  const refusals: Refusal[] = [];
  const added: string[] = [];
  const worded: Name[] = [];
  const isBesideItem = Object.keys(args).some((name) => bareName(name) === ITEM_MARK);
  for (const [written, value] of Object.entries(args)) {
    const name = names.find((each) => each === written);
    if (name === undefined) {
      const refusal = isAddedByClient(written)
        ? undefined
        : (refuse?.(written) ?? refuseName(written, names, otherWords, isBesideItem));
      if (refusal === undefined) added.push(written);
      else refusals.push(refusal);
    } else if (!isLeftOut(value)) refusals.push(...gatherRefusals(() => read(name, value)));
    else if (isWordForNothing(value)) worded.push(name);
  }
  return { refusals, notes: [...noteAdded(added), ...noteWorded(worded, searched)] };
}

/** What was refused on the way; anything else that goes wrong is thrown on. */
export function gatherRefusals(read: () => void): Refusal[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof Refusal) return [error];
    throw error;
  }
}

/**
 * Arguments that clients put beside the model's own, by client. None of them means anything to a tool of ours, and a
 * model cannot take them away. Seen in their issue trackers in 2026-11; one without a source has no place here.
 */
export const ADDED_BY_CLIENTS: readonly { client: string; names: readonly string[]; sources: readonly string[] }[] = [
  {
    client: "n8n, MCP Client Tool below an AI Agent: its item's own fields",
    names: ["toolCallId", "sessionId", "action", "chatInput", "tool"],
    sources: [
      "github.com/n8n-io/n8n/issues/21500",
      "github.com/n8n-io/n8n/issues/21716",
      "github.com/n8n-io/n8n/issues/22787",
      "github.com/n8n-io/n8n/pull/35067",
    ],
  },
  {
    client: "Cline, its list of things to do",
    names: ["task_progress"],
    sources: ["github.com/cline/cline/issues/8256", "github.com/cline/cline/issues/10426"],
  },
  {
    client: "Gemini CLI, the order of its calls",
    names: ["wait_for_previous"],
    sources: ["github.com/MemPalace/mempalace/pull/322"],
  },
  {
    client: "agent platforms, who asks",
    names: ["user_context"],
    sources: ["github.com/neondatabase/mcp-server-neon/issues/353"],
  },
  {
    client: "coding agents, the folder that they work in",
    names: ["cwd"],
    sources: ["github.com/joshuaswarren/remnic/issues/1434"],
  },
  {
    client: "clients that give a tool without arguments one",
    names: ["random_string"],
    sources: ["github.com/mondaycom/mcp/pull/15"],
  },
];

/** By it a call of n8n is known: the other fields of its item come along, and these have whatever names a workflow gives. */
const ITEM_MARK = "toolcallid";

/** `toolCallId` and `tool_call_id` are the same word. */
const bareName = (name: string): string => name.replace(/[_-]/g, "").toLowerCase();

const ADDED: ReadonlySet<string> = new Set(ADDED_BY_CLIENTS.flatMap(({ names }) => names.map(bareName)));

/**
 * Whether a name is none that a caller can have meant: clients add it, or it begins with `_`, as what is for machines
 * does (`_meta`). Ask only of names that are no arguments.
 */
export const isAddedByClient = (name: string): boolean => name.startsWith("_") || ADDED.has(bareName(name));

/** How many of the names that were passed over are told. */
const MAX_NAMED = 6;

function noteAdded(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const named = names.slice(0, MAX_NAMED).map((name) => (/^\w{1,40}$/.test(name) ? name : quoteForMessage(name)));
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
  return [`ignored what the client added: ${named.join(", ")}${more}`];
}

function noteWorded(names: readonly string[], searched: string | undefined): string[] {
  if (names.length === 0) return [];
  const isSearch = searched !== undefined && names.includes("text");
  const search = isSearch ? `; to search for such a word: filters ["${searched}","like","%null%"]` : "";
  return [`a word for nothing ("null" and the like) counts as left out: ${names.join(", ")}${search}`];
}

/**
 * Whether an optional argument counts as left out: nothing, an empty text, list or object, the words that programs write
 * for nothing (JSON's null, JavaScript's undefined, Python's None), and lists of these alone.
 */
export function isLeftOut(value: unknown): boolean {
  return isNothing(value, 0);
}

const NOTHING = /^(["']?)(?:null|undefined|none|nil)?\1$/i;

/** Longer than any list of nothings, and deeper; spares a long filter from being read twice. */
const MAX_EMPTY_CHARS = 200;
const MAX_EMPTY_DEPTH = 4;

function isNothing(value: unknown, depth: number): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === "string") {
    const text = value.trim();
    if (NOTHING.test(text)) return true;
    const parsed = /^[[{]/.test(text) && text.length <= MAX_EMPTY_CHARS ? readJsonString(text) : text;
    return typeof parsed !== "string" && isNothing(parsed, depth);
  }
  if (typeof value !== "object" || depth > MAX_EMPTY_DEPTH) return false;
  return Array.isArray(value) ? value.every((each) => isNothing(each, depth + 1)) : Object.keys(value).length === 0;
}

/** Somebody may have meant the word: it is told that it was not taken for one. */
const isWordForNothing = (value: unknown): boolean =>
  Array.isArray(value) ? value.some(isWordForNothing) : typeof value === "string" && /[a-z]/i.test(value);

/** @returns undefined where only a name that could be meant is refused, and this one could not */
function refuseName<Name extends string>(
  written: string,
  names: readonly Name[],
  otherWords: ReadonlyMap<string, Name> | undefined,
  onlyIfMeant: boolean,
): Refusal | undefined {
  const meant = otherWords?.get(written.toLowerCase()) ?? nearestName(written, names);
  if (meant === undefined && onlyIfMeant) return undefined;
  const list = `he arguments are ${names.join(", ")}`;
  const works = meant === undefined ? `t${list}` : `did you mean "${meant}"? T${list}`;
  return new Refusal(quoteForMessage(written), "unknown argument", works);
}

/** The name that a mistyped, shortened or lengthened one stands for; undefined where none is near enough to be meant. */
export function nearestName<Name extends string>(written: string, names: readonly Name[]): Name | undefined {
  const wanted = written.toLowerCase().slice(0, MAX_WRITTEN_CHARS);
  const [best] = closestNames(written, names, 1) as Name[];
  if (best !== undefined && scoreOf(wanted, best.toLowerCase()) <= nearEnough(wanted)) return best;
  return names.find((name) => name.includes("_") && isShortFor(name, wanted));
}

/** A third of the letters may be wrong: `colum` is near `columns`, `limit` is not near `target`. */
const nearEnough = (wanted: string): number => Math.max(SHORTENED, Math.round(wanted.length / 3));

const MAX_WRITTEN_CHARS = 128;

/** The names a mistyped or shortened one most likely meant, nearest first, near or not. */
export function closestNames(written: string, names: Iterable<string>, most = 3): string[] {
  return rankNames(written, names)
    .slice(0, most)
    .map(({ name }) => name);
}

/** As {@link closestNames}, without those that can hardly be meant. */
export function nearNames(written: string, names: Iterable<string>, most = 3): string[] {
  const enough = nearEnough(written.slice(0, MAX_WRITTEN_CHARS));
  return rankNames(written, names)
    .slice(0, most)
    .filter(({ score }) => score <= enough)
    .map(({ name }) => name);
}

function rankNames(written: string, names: Iterable<string>): { name: string; score: number }[] {
  const wanted = written.toLowerCase().slice(0, MAX_WRITTEN_CHARS);
  return [...names]
    .map((name) => ({ name, score: scoreOf(wanted, name.toLowerCase()) }))
    .sort((a, b) => a.score - b.score || a.name.length - b.name.length);
}

/** Letters that differ, of the whole name or of its last part. */
function scoreOf(wanted: string, name: string): number {
  const leaf = wanted.slice(wanted.lastIndexOf(".") + 1);
  const typo = Math.min(distance(wanted, name), distance(leaf, name.slice(name.lastIndexOf(".") + 1)) + 0.5);
  return isShortFor(wanted, name) ? Math.min(typo, SHORTENED) : typo;
}

/** A shortened name counts as one with a typo: `status` is nearer to `status_code` than to `meta.title`. */
const SHORTENED = 1.25;

function isShortFor(wanted: string, name: string): boolean {
  const words = name.split(/[._]/);
  return wanted.split(/[._]/).every((word) => words.includes(word));
}
