import { type CompileRegex, type ReaderOf, readSteps } from "./evaluate-filter.ts";
import type { Condition, Filter } from "./filter.ts";

/** Texts that a regular expression (RE2) is put to. */
export interface TextMatch {
  pattern: string;
  texts: readonly string[];
}

/** Each match's numbers of the texts that hold it, ascending; or why nobody found out. */
export type Matched = readonly (readonly number[])[] | "too_slow" | "too_busy";

/** Puts a stranger's regular expressions to texts where nobody else waits for them, within a time of its own. */
export type MatchTexts = (matches: readonly TextMatch[], signal?: AbortSignal) => Promise<Matched>;

/** The texts to be looked at, by pattern; each once. */
export type TextsByPattern = Map<string, Set<string>>;

const isRegex = ({ operator }: Condition): boolean => operator.endsWith("regex");

/** The conditions of a filter that hold a regular expression, the one operator whose cost a caller can drive up. */
export const listRegexes = (filter: Filter): Condition[] =>
  filter.kind === "group" ? filter.members.flatMap(listRegexes) : isRegex(filter) ? [filter] : [];

/**
 * What a filter asks beside its regular expressions. Whatever meets the filter meets this too, so that expressions need
 * to be put only to what does.
 * @returns undefined when everything may meet the filter
 */
export function withoutRegexes(filter: Filter): Filter | undefined {
  if (filter.kind === "condition") return isRegex(filter) ? undefined : filter;
  const rest = filter.members.map(withoutRegexes);
  const members = rest.filter((member) => member !== undefined);
  if (filter.join === "or" && members.length < rest.length) return undefined;
  const [only, ...more] = members;
  return more.length === 0 ? only : { ...filter, members };
}

/** Adds the texts of some items that the filter's regular expressions would look at. */
export function collectTexts(
  filter: Filter,
  items: Iterable<unknown>,
  readerOf: ReaderOf | undefined,
  into: TextsByPattern,
): void {
  const readers = listRegexes(filter).map(({ field, value }) => {
    const pattern = String(value);
    const texts = into.get(pattern) ?? new Set<string>();
    into.set(pattern, texts);
    return { read: (readerOf ?? readSteps)(field), texts };
  });
  for (const item of items) {
    for (const { read, texts } of readers) {
      for (const found of [read(item)].flat()) if (typeof found === "string") texts.add(found);
    }
  }
}

/**
 * Finds out what the collected texts hold.
 * @returns what `compileFilter` puts in the place of the regular expressions, good for these texts alone; or why not
 */
export async function settleTexts(
  collected: TextsByPattern,
  matchTexts: MatchTexts,
  signal?: AbortSignal,
): Promise<CompileRegex | "too_slow" | "too_busy"> {
  const matches = [...collected].map(([pattern, texts]) => ({ pattern, texts: [...texts] }));
  const matched = matches.some(({ texts }) => texts.length > 0) ? await matchTexts(matches, signal) : [];
  if (typeof matched === "string") return matched;
  const holding = new Map(
    matches.map(({ pattern, texts }, index) => [pattern, new Set((matched[index] ?? []).map((at) => texts[at]))]),
  );
  return (pattern) => {
    const texts = holding.get(pattern);
    return (text) => texts?.has(text) === true;
  };
}
