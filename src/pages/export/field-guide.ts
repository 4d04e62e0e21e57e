import type { Catalogue, FieldType } from "../../lists/filters/field-names.ts";
import { OPERATORS } from "../../lists/filters/filter.ts";
import { CATALOGUES, type CatalogueName, SHOWN_NAMES } from "../catalogue.ts";

/** Filters that work as they stand, with what they find. */
export const FILTER_EXAMPLES: Readonly<Record<CatalogueName, readonly { filter: unknown[]; finds: string }[]>> = {
  pages: [
    { filter: ["status_code", ">=", 400], finds: "dead pages" },
    {
      filter: [["page_summary.backlinks", ">", 10], "and", ["page", "like", "%/blog/%"]],
      finds: "blog pages with more than 10 backlinks",
    },
    { filter: ["meta.title", "ilike", "%pricing%"], finds: "titles with pricing in them, in any letter case" },
    { filter: ["page", "regex", "/20[0-9]{2}/"], finds: "a year in the path" },
    { filter: ["status_code", "in", [301, 302, 307, 308]], finds: "redirects" },
    { filter: ["first_visited", ">=", "2026-01-01 00:00:00 +00:00"], finds: "pages first seen since January 2026" },
    { filter: ["page_summary.referring_links_tld.de", ">", 0], finds: "pages with links from .de" },
    {
      filter: [
        [["status_code", "=", 404], "or", ["status_code", "=", 410]],
        "and",
        ["page_summary.referring_domains", ">=", 5],
      ],
      finds: "pages that are gone and have links from 5 domains",
    },
  ],
  backlinks: [
    { filter: ["dofollow", "=", true], finds: "only links that pass value count" },
    {
      filter: [["domain_from_country", "=", "US"], "and", ["domain_from_rank", ">", 100]],
      finds: "only links from strong US domains count",
    },
  ],
};

const TYPES: readonly { type: Exclude<FieldType, "any">; says: string }[] = [
  { type: "num", says: "number" },
  { type: "str", says: "text" },
  { type: "time", says: 'time, "2026-01-31 12:00:00 +00:00" or "2026-01-31" (midnight UTC)' },
  { type: "bool", says: "true or false" },
  { type: "array.str", says: "list of texts; holds when any of them fits, negated when none does" },
  { type: "array.num", says: "list of numbers, likewise" },
];

const GRAMMAR = `\`filters\` selects pages, \`backlinks_filters\` selects the backlinks that are counted. Both are:

- one condition: \`[field, operator, value]\`
- or conditions joined by \`"and"\` or \`"or"\`, one kind per level; nest to mix: \`[[a, "or", b], "and", c]\`
- at most 8 conditions in all.

\`order_by\`: at most 3 rules \`"field,asc"\` or \`"field,desc"\`; lists cannot be sorted by. Default: by rank.

A field that is unknown for a page satisfies no condition, negated ones included. A counting map that lacks a key counts 0 for it.`;

const OPERATOR_NOTES = `- \`in\`, \`not_in\`: the value is a list.
- \`like\`, \`ilike\`: the whole text, \`%\` stands for anything; \`ilike\` ignores letter case.
- \`match\`: every word occurs, in any order and letter case.
- \`regex\`: RE2, matches anywhere in the text, letter case counts.
- \`has\`, \`has_not\`: an element is exactly the value. How the paid endpoint filters lists is not documented; over a kept snapshot it is as said here.`;

const FIELD_NOTES = `- \`page_summary.referring_links_tld.$tld\`: put a TLD in place of \`$tld\`.
- \`page_summary.referring_links_semantic_locations.$empty\`: links outside any of the named elements.
- Names that answers show stand beside the upstream's: ${[...SHOWN_NAMES.keys()].map((name) => `\`${name}\``).join(" ")}, and counts by group, \`tld:edu\` \`link_type:redirect\` \`attribute:nofollow\` \`platform:blogs\` \`semantic_location:footer\`.
- Of a kept answer more can be asked than the upstream filters by: \`nofollow%\`, \`url\` as it is shown, \`country:US\`, any other key, and shares in percent, \`tld:edu%\` \`country:US%\`.`;

/** The filter language, from the same tables that check requests: grammar, operators by type, fields, examples. */
export function renderFieldGuide(): string {
  const blocks = [
    "# Filters",
    GRAMMAR,
    "## Operators by type",
    TYPES.map(({ type, says }) => `- ${type} (${says}): ${OPERATORS[type].map(toCode).join(" ")}`).join("\n"),
    OPERATOR_NOTES,
    "## Fields of filters and order_by (pages)",
    renderCatalogue(CATALOGUES.pages),
    FIELD_NOTES,
    "## Fields of backlinks_filters (backlinks)",
    renderCatalogue(CATALOGUES.backlinks),
    "## Examples",
    renderExamples("filters", "pages"),
    renderExamples("backlinks_filters", "backlinks"),
  ];
  return `${blocks.join("\n\n")}\n`;
}

const toCode = (text: string): string => `\`${text}\``;

/** By type, and names with a common stem together: `page_summary.{rank, backlinks}`. */
function renderCatalogue(catalogue: Catalogue): string {
  return TYPES.flatMap(({ type }) => {
    const stems = new Map<string, string[]>();
    for (const [name, each] of catalogue) {
      if (each !== type) continue;
      const end = name.lastIndexOf(".") + 1;
      const names = stems.get(name.slice(0, end)) ?? [];
      stems.set(name.slice(0, end), [...names, name.slice(end)]);
    }
    const groups = [...stems].map(([stem, names]) =>
      stem === "" || names.length === 1 ? names.map((name) => stem + name).join(", ") : `${stem}{${names.join(", ")}}`,
    );
    return groups.length === 0 ? [] : [`- ${type}: ${groups.map(toCode).join(", ")}`];
  }).join("\n");
}

function renderExamples(argument: string, catalogue: CatalogueName): string {
  return FILTER_EXAMPLES[catalogue]
    .map(({ filter, finds }) => `- ${toCode(`${argument}: ${JSON.stringify(filter)}`)}: ${finds}`)
    .join("\n");
}
