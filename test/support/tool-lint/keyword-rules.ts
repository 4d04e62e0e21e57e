import { toPointer } from "./json.ts";
import type { Rule } from "./rule.ts";
import { schemasOf } from "./schemas.ts";

/** What every client known to us passes on unharmed. */
export const PORTABLE_KEYWORDS: ReadonlySet<string> = new Set(
  "type properties required additionalProperties description default enum items minimum maximum maxLength".split(" "),
);

/** The rule that refuses a keyword, where one of its own tells more than that it is not portable. */
const REFUSED = new Map(
  Object.entries({
    "no-references": "$ref $dynamicRef $defs definitions $id $anchor $dynamicAnchor",
    "no-unions": "anyOf oneOf allOf not if then else dependentSchemas",
    "no-tuples": "prefixItems additionalItems unevaluatedItems",
    "no-dialect": "$schema $vocabulary",
  }).flatMap(([rule, keywords]) => keywords.split(" ").map((keyword) => [keyword, rule] as const)),
);

/** @returns the name of the rule that refuses the keyword; undefined for a portable one */
export const refusalOf = (keyword: string): string | undefined =>
  PORTABLE_KEYWORDS.has(keyword) ? undefined : (REFUSED.get(keyword) ?? "portable-keywords");

const refuse = (name: string, because: string): Rule => ({
  name,
  because,
  *check(listing) {
    for (const { path, value } of schemasOf(listing)) {
      for (const keyword of Object.keys(value)) {
        if (refusalOf(keyword) === name) yield { path: path + toPointer(keyword), says: `${keyword} is not portable` };
      }
    }
  },
});

export const KEYWORD_RULES: readonly Rule[] = [
  refuse(
    "no-references",
    "LangChain keeps nothing but the description of a property that refers elsewhere, OpenAI's strict conversion fails, and a desktop that strips references then sends arrays as JSON strings.",
  ),
  refuse(
    "no-unions",
    "LangChain keeps nothing but the description of a union, one command line turns real arrays into strings for it, and one large API refuses the tool when a union stands at the top.",
  ),
  refuse("no-tuples", "Tuples fail as references do: LangChain drops them, OpenAI's strict conversion refuses them."),
  refuse("no-dialect", "Gemini-style and VS Code clients refuse a schema that names its dialect."),
  refuse(
    "portable-keywords",
    "Frameworks convert schemas by lists of what they know: any other keyword is dropped in silence by some and refused by others.",
  ),
];
