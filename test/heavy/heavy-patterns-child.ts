import type { Filter } from "../../src/lists/filters/filter.ts";
import { parseFilter } from "../../src/lists/filters/parse-filter.ts";
import { compilePageFilter } from "../../src/pages/field-readers.ts";
import { PAGE_FIELDS } from "../../src/pages/page-fields.ts";

/** What to put to how many pages. `backtrack` is the engine's own regex: what the filter must not be like. */
export interface HeavyQuestion {
  operator: string;
  pattern: string;
  titles: readonly string[];
  pages: number;
}

export interface HeavyAnswer {
  /** How many of the pages the condition selects. */
  selected: number;
}

function compile({ operator, pattern }: HeavyQuestion): (title: string) => boolean {
  if (operator === "backtrack") {
    const regex = new RegExp(pattern);
    return (title) => regex.test(title);
  }
  const rules = { argument: "filters", fields: PAGE_FIELDS, mapBareNames: false, allowUnknown: false } as const;
  const holds = compilePageFilter(parseFilter(["meta.title", operator, pattern], rules).filter as Filter);
  return (title) => holds({ meta: { title } });
}

process.on("message", (question: HeavyQuestion) => {
  const holds = compile(question);
  const { titles, pages } = question;
  let selected = 0;
  for (let page = 0; page < pages; page++) {
    if (holds(titles[page % titles.length] ?? "")) selected += 1;
  }
  process.send?.({ selected } satisfies HeavyAnswer);
});
process.send?.("ready");
