/** Runs that a tokenizer takes together: letters, digits, spaces (joined to what follows), and single others. */
const RUNS = /[A-Za-z]+|[0-9]+| +|\p{ASCII}|\P{ASCII}+/gu;

/**
 * A cheap guess at what a text costs a model, on the high side for whole answers: letters at four characters a token
 * (fewer where they spell no word), digits at three, other visible ASCII characters at one each, beyond ASCII one a
 * character for the alphabets that tokenizers know well and two a code unit for the rest.
 * Held against a real tokenizer by test/unit/pages/answer/tokens.test.ts.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (const [run] of text.matchAll(RUNS)) tokens += costOf(run);
  return tokens;
}

function costOf(run: string): number {
  const code = run.charCodeAt(0);
  if (code > 127) return costBeyondAscii(run);
  if (code === 32) return 0;
  if (code >= 48 && code <= 57) return Math.ceil(run.length / 3);
  return run.length === 1 ? 1 : Math.ceil(run.length * tokensPerLetter(run));
}

/** Identifiers, hashes and codes in URLs fall apart; words do not. Capitals and a lack of vowels tell them. */
function tokensPerLetter(letters: string): number {
  if (!/[a-z]/.test(letters)) return 1 / 2;
  const isLong = letters.length >= 8;
  return isLong && (letters.match(/[aeiouy]/gi) ?? []).length * 5 < letters.length ? 3 / 4 : 1 / 4;
}

/** Latin with accents, Greek, Cyrillic, Armenian, Hebrew and Arabic end here. */
const END_OF_KNOWN_ALPHABETS = 0x0700;

function costBeyondAscii(run: string): number {
  let tokens = 0;
  for (let at = 0; at < run.length; at += 1) tokens += run.charCodeAt(at) < END_OF_KNOWN_ALPHABETS ? 1 : 2;
  return tokens;
}
