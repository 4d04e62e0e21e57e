/** Hiding shorter ones would tear ordinary words apart, and hide nothing worth guessing. */
const MIN_SECRET_CHARS = 4;

/** A piece of a secret this long is hidden too: what cuts a text does not ask what it cuts. */
const MIN_PIECE_CHARS = 8;

/** What keys of the gateway begin with, which is no secret. */
const PUBLIC_PREFIX = /^sk-aisa-/;

export const HIDDEN = "[redacted]";

export interface Hider {
  /** Hides the secrets where they stand whole, in any of their forms; quick enough for megabytes of data. */
  whole(text: string): string;
  /** Hides pieces of them as well, in whatever letter case. For short texts: in data, a piece may be somebody's word. */
  pieces(text: string): string;
}

/**
 * Hides what must not leave, known by the secrets themselves and not by what keys usually look like: as they are,
 * as JSON, URLs and base64 write them (base64 also amid a longer text, such as a user name with its
 * password), and pieces of any of these.
 * @param secrets too short ones are left alone
 */
export function createHider(secrets: readonly string[]): Hider {
  const forms = [...new Set(secrets.filter(({ length }) => length >= MIN_SECRET_CHARS).flatMap(toForms))]
    // The longest first: a secret inside another must not leave the rest of that one standing.
    .sort((a, b) => b.length - a.length);
  if (forms.length === 0) return { whole: (text) => text, pieces: (text) => text };
  const known = forms.map(toLower);
  const windows = new Map<string, (readonly [form: string, at: number])[]>();
  for (const form of known) {
    for (let at = PUBLIC_PREFIX.exec(form)?.[0].length ?? 0; at + MIN_PIECE_CHARS <= form.length; at++) {
      const window = form.slice(at, at + MIN_PIECE_CHARS);
      windows.set(window, [...(windows.get(window) ?? []), [form, at]]);
    }
  }
  const whole = (text: string) => forms.reduce((shown, form) => shown.replaceAll(form, HIDDEN), text);
  return { whole, pieces: (text) => hidePieces(whole(text), windows) };
}

function toForms(secret: string): string[] {
  const base64 = [0, 1, 2]
    .map((shift) => toBase64Core(secret, shift))
    .filter(({ length }) => length >= MIN_PIECE_CHARS);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    ...base64,
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
  ];
}

/** What base64 writes for the text wherever it stands in a longer one, without the digits that its neighbours share. */
function toBase64Core(text: string, shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]);
  return bytes.toString("base64").slice(Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

/** Of ASCII alone: others may change the length of a text. */
const toLower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

function hidePieces(text: string, windows: ReadonlyMap<string, (readonly [form: string, at: number])[]>): string {
  const lower = toLower(text);
  let shown = "";
  let from = 0;
  for (let at = 0; at + MIN_PIECE_CHARS <= lower.length; ) {
    const found = windows.get(lower.slice(at, at + MIN_PIECE_CHARS));
    if (found === undefined) {
      at++;
      continue;
    }
    const ends = found.map(([form, start]) => {
      let length = MIN_PIECE_CHARS;
      while (start + length < form.length && form[start + length] === lower[at + length]) length++;
      return at + length;
    });
    // What stands before the first window of a form may belong to it: the prefix of a key.
    const begins = found.map(([form, start]) => {
      let back = 0;
      while (back < start && at - back > from && form[start - back - 1] === lower[at - back - 1]) back++;
      return at - back;
    });
    shown += text.slice(from, Math.min(...begins)) + HIDDEN;
    from = Math.max(...ends);
    at = from;
  }
  return shown + text.slice(from);
}
