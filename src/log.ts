import { createHider, HIDDEN, type Hider } from "./secrets.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One event: a stable name, fields instead of sentences. */
export type LogEvent = (event: string, fields?: Readonly<Record<string, unknown>>) => void;

export type Log = Readonly<Record<Exclude<LogLevel, "silent">, LogEvent>>;

export interface LogOptions {
  level: LogLevel;
  /** Takes one line with its newline; stderr in the product. */
  write: (line: string) => void;
  /** Values that must never be written, wherever they turn up. */
  secrets: readonly string[];
  now: () => number;
  /** What is known of the request being served; stands in each of its lines before the event's own fields. */
  context?: () => Readonly<Record<string, unknown>>;
}

/** The gateway's keys, our own access tokens, JWTs and any Bearer token, also those that no setting told us of. */
const SECRET_FORMS = /sk-aisa-[\w-]+|\bdpm_\w{8}_[\w-]+|\beyJ[\w-]+\.[\w-]+\.[\w-]*|\b(Bearer\s+)[\w.~+/-]+=*/gi;

/** What JSON leaves as it is though it ends lines, hides, or turns the direction of what is read after it. */
const UNPRINTABLE = /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** One JSON line per event, secrets hidden here and nowhere else. */
export function createLog({ level, write, secrets, now, context = () => ({}) }: LogOptions): Log {
  const threshold = LOG_LEVELS.indexOf(level);
  const at =
    (name: Exclude<LogLevel, "silent">): LogEvent =>
    (event, fields) => {
      if (LOG_LEVELS.indexOf(name) < threshold) return;
      const line = { time: new Date(now()).toISOString(), level: name, event, ...context(), ...fields };
      write(`${redact(JSON.stringify(line), secrets).replace(UNPRINTABLE, escapeCharacter)}\n`);
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

const escapeCharacter = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Hides the given secrets, whole and in pieces (see `createHider`), and whatever looks like a key. */
export function redact(text: string, secrets: readonly string[]): string {
  const hidden = hiderOf(secrets).pieces(text);
  return hidden.replace(SECRET_FORMS, (_match, bearer?: string) => `${bearer ?? ""}${HIDDEN}`);
}

/** Lists of secrets live as long as the process, and lines are many. */
const hiders = new WeakMap<readonly string[], Hider>();

function hiderOf(secrets: readonly string[]): Hider {
  const hider = hiders.get(secrets) ?? createHider(secrets);
  hiders.set(secrets, hider);
  return hider;
}
