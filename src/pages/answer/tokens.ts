/** Runs that a tokenizer takes together: letters, digits, spaces (joined to what follows), and single others. */
const RUNS = /[A-Za-z]+|[0-9]+| +|\p{ASCII}|\P{ASCII}+/gu;

/**
 * A cheap guess at what a text costs a model, on the high side: letters at four characters a token, digits at
 * three, other visible ASCII characters at one each, everything beyond ASCII at two a code unit.
 * Held against a real tokenizer by test/unit/pages/answer/tokens.test.ts.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (const [run] of text.matchAll(RUNS)) tokens += costOf(run);
  return tokens;
}

function costOf(run: string): number {
  const code = run.charCodeAt(0);
  if (code > 127) return run.length * 2;
  if (code === 32) return 0;
  if (code >= 48 && code <= 57) return Math.ceil(run.length / 3);
  return run.length === 1 ? 1 : Math.ceil(run.length / 4);
}
