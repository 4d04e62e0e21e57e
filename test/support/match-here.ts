import { RE2JS } from "re2js";
import type { MatchTexts } from "../../src/lists/filters/match-texts.ts";

/** Puts expressions to texts in this thread: for tests of what is asked, not of who waits for it. */
export const matchHere: MatchTexts = async (matches) =>
  matches.map(({ pattern, texts }) => {
    const compiled = RE2JS.compile(pattern);
    return texts.flatMap((text, index) => (compiled.test(text) ? [index] : []));
  });
