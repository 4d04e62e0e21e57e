import { isDead, isLive, isRedirect } from "../answer/page-status.ts";
import { compileFilter, type ItemRules } from "../filters/evaluate-filter.ts";
import { type Filter, toWireFilter } from "../filters/filter.ts";
import type { Page } from "../snapshot/page.ts";
import { toOneLine, toSafeJson } from "../text.ts";
import type { PageState } from "./choices.ts";
import { type Where, wordSection } from "./query.ts";

/** One thing that was asked of the pages, and the question without it. */
export interface Condition {
  /** As an answer words it: `min_backlinks 10`, `["status_code",">=",400]`. */
  words: string;
  without: Where;
}

/** A filter may hold 10,000 characters; an answer that repeats them all helps nobody. */
const MAX_WORDS_CHARS = 240;

const IS_STATE: Readonly<Record<PageState, (page: Page) => boolean>> = {
  live: isLive,
  redirect: isRedirect,
  broken: isDead,
};

/** Every condition in force: the members of a filter that are joined by "and" one by one, then the conveniences. */
export function listConditions(where: Where): Condition[] {
  const { filters, status, section, minBacklinks, minReferringDomains, text, ...none } = where;
  const listed = filters === undefined ? [] : listFilterConditions(filters, where);
  const drop = (key: keyof Where): Where => {
    const { [key]: _dropped, ...rest } = where;
    return rest;
  };
  const add = (key: keyof Where, words: string | undefined) => {
    if (words !== undefined) listed.push({ words: toOneLine(words, MAX_WORDS_CHARS), without: drop(key) });
  };
  add("status", status && `status ${status}`);
  add("section", section && `section ${wordSection(section)}`);
  add("minBacklinks", minBacklinks === undefined ? undefined : `min_backlinks ${minBacklinks}`);
  add(
    "minReferringDomains",
    minReferringDomains === undefined ? undefined : `min_referring_domains ${minReferringDomains}`,
  );
  add("text", text === undefined ? undefined : `text ${toSafeJson(text)}`);
  // The compiler's word that nothing was forgotten above.
  none satisfies Record<string, never>;
  return listed;
}

function listFilterConditions(filter: Filter, { filters: _all, ...rest }: Where): Condition[] {
  const members = filter.kind === "group" && filter.join === "and" ? filter.members : [filter];
  return members.map((member) => {
    const others = members.filter((each) => each !== member);
    const [only] = others;
    const remaining: Filter | undefined = others.length > 1 ? { kind: "group", join: "and", members: others } : only;
    return {
      words: toOneLine(toSafeJson(toWireFilter(member)), MAX_WORDS_CHARS),
      without: remaining === undefined ? rest : { filters: remaining, ...rest },
    };
  });
}

/**
 * Compiles all that is asked of a single page: everything but `section`, which chooses rows. Least and most are held
 * against the page's own figures, before anything is folded; an unknown figure meets no condition.
 * @returns undefined when every page will do
 */
export function compileWhere(where: Where, rules: ItemRules): ((page: Page) => boolean) | undefined {
  const tests: ((page: Page) => boolean)[] = [];
  const { filters, status, minBacklinks, minReferringDomains, text } = where;
  if (status !== undefined) tests.push(IS_STATE[status]);
  if (minBacklinks !== undefined) tests.push(({ backlinks }) => backlinks !== null && backlinks >= minBacklinks);
  if (minReferringDomains !== undefined) {
    tests.push(({ referringDomains }) => referringDomains !== null && referringDomains >= minReferringDomains);
  }
  if (text !== undefined) tests.push(compileText(text));
  // Last: it costs most.
  if (filters !== undefined) {
    const accepts = compileFilter(filters, rules);
    tests.push(({ raw }) => accepts(raw));
  }
  return tests.length === 0 ? undefined : (page) => tests.every((holds) => holds(page));
}

/** Every word stands somewhere in the URL or the title, whatever its case; in a URL also percent-encoded. */
function compileText(text: string): (page: Page) => boolean {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => ({ word, encoded: encodeURIComponent(word.replace(/\p{Cs}/gu, "\ufffd")).toLowerCase() }));
  return ({ url, title }) => {
    const place = url.toLowerCase();
    const name = title?.toLowerCase() ?? "";
    return words.every(({ word, encoded }) => place.includes(word) || name.includes(word) || place.includes(encoded));
  };
}

/** Whether a filter holds a regular expression, the one operator whose cost a caller can drive up. */
export const hasRegex = (filter: Filter): boolean =>
  filter.kind === "group" ? filter.members.some(hasRegex) : filter.operator.endsWith("regex");
