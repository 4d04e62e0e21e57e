/**
 * A cheap guess at what a text costs a model, on the high side for whole answers: letters at four characters a token
 * (fewer where they spell no word), digits at three, other visible ASCII characters at one each, beyond ASCII one a
 * character for the alphabets that tokenizers know well and two a code unit for the rest.
 * Held against a real tokenizer by test/unit/pages/answer/tokens.test.ts.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  let at = 0;
  while (at < text.length) {
    const kind = kindOf(text.charCodeAt(at));
    let end = at + 1;
    // Characters of a kind run together, marks stand alone. One pass, no regular expression: this is the hot loop.
    if (kind !== MARK) while (end < text.length && kindOf(text.charCodeAt(end)) === kind) end += 1;
    tokens += costOf(kind, text, at, end);
    at = end;
  }
  return tokens;
}

/** Keys are our own plain words, joined by marks that a tokenizer takes together with them: measured, half of the guess. */
const KEYS_SHARE = 0.6;

/**
 * The same for data that is shown as JSON. The marks between two values, such as `","` and `":[`, are one token together, so
 * that they are counted by value: taken one by one they would come to twice the truth.
 */
export function estimateJsonTokens(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + estimateJsonTokens(each), 1);
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).reduce(
      (sum, [key, each]) =>
        each === undefined ? sum : sum + KEYS_SHARE * estimateTokens(key) + 1 + estimateJsonTokens(each),
      1,
    );
  }
  const json = JSON.stringify(value) ?? "null";
  return estimateTokens(typeof value === "string" ? json.slice(1, -1) : json) + 1;
}

/**
 * A text with a random name in it put as if that name were the dearest there is, so that what fits beside it does not
 * change from name to name: a mark or a letter alone costs as much as a number of three digits.
 */
export const atWorst = (text: string, name: string): string =>
  name === "" ? text : text.replaceAll(name, "0a".repeat(Math.ceil(name.length / 2)).slice(0, name.length));

const MARK = 0;
const LETTER = 1;
const DIGIT = 2;
const SPACE = 3;
const KNOWN = 4;
const FOREIGN = 5;

/** Latin with accents, Greek, Cyrillic, Armenian, Hebrew and Arabic end here. */
const END_OF_KNOWN_ALPHABETS = 0x0700;

function kindOf(code: number): number {
  if (code > 127) return code < END_OF_KNOWN_ALPHABETS ? KNOWN : FOREIGN;
  // Bit 5 is all that parts upper from lower case.
  const lower = code | 0x20;
  if (lower >= 97 && lower <= 122) return LETTER;
  if (code >= 48 && code <= 57) return DIGIT;
  return code === 32 ? SPACE : MARK;
}

function costOf(kind: number, text: string, at: number, end: number): number {
  const length = end - at;
  switch (kind) {
    case LETTER:
      return Math.ceil(length * tokensPerLetter(text, at, end));
    case DIGIT:
      return Math.ceil(length / 3);
    case SPACE:
      return 0;
    case FOREIGN:
      return length * 2;
    default:
      return length;
  }
}

/** The least letters of which a lack of vowels says something. */
const LONG = 8;

/** Identifiers, hashes and codes in URLs fall apart; words do not. Capitals and a lack of vowels tell them. */
function tokensPerLetter(text: string, at: number, end: number): number {
  const letters = text.slice(at, end);
  if (letters.length === 1) return 1;
  if (letters === letters.toUpperCase()) return 1 / 2;
  const isLong = letters.length >= LONG;
  return isLong && (letters.match(/[aeiouy]/gi) ?? []).length * 5 < letters.length ? 3 / 4 : 1 / 4;
}
