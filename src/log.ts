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
}

/** The gateway's keys and any Bearer token, also those that no setting told us of. */
const SECRET_FORMS = /sk-aisa-[\w-]+|\b(Bearer\s+)[\w.~+/-]+=*/gi;

const HIDDEN = "[redacted]";

/** Hiding shorter ones would tear ordinary words apart, and hide nothing worth guessing. */
const MIN_SECRET_CHARS = 4;

/** One JSON line per event, secrets hidden here and nowhere else. */
export function createLog({ level, write, secrets, now }: LogOptions): Log {
  const threshold = LOG_LEVELS.indexOf(level);
  const at =
    (name: Exclude<LogLevel, "silent">): LogEvent =>
    (event, fields) => {
      if (LOG_LEVELS.indexOf(name) < threshold) return;
      write(
        `${redact(JSON.stringify({ time: new Date(now()).toISOString(), level: name, event, ...fields }), secrets)}\n`,
      );
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** Hides the given secrets, also where JSON has escaped them, and whatever looks like a key. */
export function redact(text: string, secrets: readonly string[]): string {
  const known = secrets
    .filter((secret) => secret.length >= MIN_SECRET_CHARS)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    // The longest first: a secret inside another must not leave the rest of that one standing.
    .sort((a, b) => b.length - a.length);
  const hidden = known.reduce((line, secret) => line.replaceAll(secret, HIDDEN), text);
  return hidden.replace(SECRET_FORMS, (_match, bearer?: string) => `${bearer ?? ""}${HIDDEN}`);
}
