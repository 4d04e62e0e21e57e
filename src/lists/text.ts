/**
 * Third-party text on its way into an answer. Titles and URLs come from strangers' pages: they are
 * data, so they stay on one line, carry no control or direction marks, and have a bounded length.
 */

/** Characters that could break a line: controls, line and paragraph separators. */
const BREAKING = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/** Characters that hide text or turn its direction: format marks, lone surrogates, everything made to be invisible. */
const INVISIBLE = /[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

const PLAIN_ASCII = /^[ -~]*$/;

/**
 * @param maxChars the longest result, in code points, ellipsis included; at least 1
 * @returns one line of visible text; a cut is marked with `…`
 */
export function toOneLine(text: string, maxChars: number): string {
  // Ten times the bound is more than collapsing white space gives back, and keeps a 10 MB title from being scanned.
  const isCut = text.length > maxChars * 10;
  const bounded = isCut ? text.slice(0, maxChars * 10) : text;
  const visible = PLAIN_ASCII.test(bounded) ? bounded : bounded.replace(BREAKING, " ").replace(INVISIBLE, "");
  const line = visible.replace(/\s+/gu, " ").trim();
  if (!isCut && line.length <= maxChars) return line;
  const points = Array.from(line);
  if (!isCut && points.length <= maxChars) return line;
  return `${points
    .slice(0, maxChars - 1)
    .join("")
    .trimEnd()}…`;
}

/**
 * JSON on one line in which every character that breaks lines or hides text is escaped, so that it can be copied and
 * means the same.
 */
export function toSafeJson(value: unknown): string {
  const toEscapes = (text: string) =>
    Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`).join("");
  return JSON.stringify(value).replace(BREAKING, toEscapes).replace(INVISIBLE, toEscapes);
}

const MESSAGE_CHARS = 80;

/** A caller's value inside our own sentence: JSON-quoted, one line, at most 80 characters. */
export function quoteForMessage(text: string): string {
  return JSON.stringify(toOneLine(text, MESSAGE_CHARS));
}

/** `22261` → `22,261`. Whole numbers only; a fraction keeps its digits. */
export function formatCount(value: number): string {
  return groupDigits(String(value));
}

function groupDigits(decimal: string): string {
  const [whole = "", fraction] = decimal.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `1 page`, `2 pages`, `1,410 backlinks`. */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** USD to a billionth, which drops the noise of sums and no digit of a price: `0.02436` → `$0.02436`. */
export function formatUsd(usd: number): string {
  return `$${groupDigits(usd.toFixed(9).replace(/\.?0+$/, ""))}`;
}

/** `3 s`, `5 min`, `2 h`, `4 days`: whole units, rounded down, so that nothing looks older than it is. */
export function formatAge(ms: number): string {
  const units = [
    { size: 86_400_000, word: (count: number) => countOf(count, "day") },
    { size: 3_600_000, word: (count: number) => `${count} h` },
    { size: 60_000, word: (count: number) => `${count} min` },
  ];
  const unit = units.find(({ size }) => ms >= size);
  return unit === undefined ? `${Math.floor(ms / 1000)} s` : unit.word(Math.floor(ms / unit.size));
}

/** Milliseconds since the epoch → `2026-07-08 14:46 UTC`. */
export function formatMinute(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
