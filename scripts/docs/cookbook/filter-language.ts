import type { FieldType } from "../../../src/lists/filters/field-names.ts";
import { OPERATORS } from "../../../src/lists/filters/filter.ts";
import { CATALOGUES, type CatalogueName } from "../../../src/pages/catalogue.ts";
import { toMarkdownTable } from "../markdown.ts";

/** What a type means to somebody who writes a value; `any` is for fields that the catalogue does not know. */
const TYPES: Readonly<Record<Exclude<FieldType, "any">, { means: string; example: string }>> = {
  num: { means: "number", example: '`["page_summary.backlinks", ">=", 10]`' },
  str: { means: "text", example: '`["page", "like", "%/blog/%"]`' },
  time: { means: "time", example: '`["fetch_time", "<", "2026-10-01"]`' },
  bool: { means: "yes or no", example: '`["dofollow", "=", true]`' },
  "array.str": { means: "list of texts", example: '`["attributes", "has", "sponsored"]`' },
  "array.num": { means: "list of numbers", example: '`["indirect_link_path.status_code", "has", 301]`' },
};

const TYPE_NAMES = Object.keys(TYPES) as (keyof typeof TYPES)[];

export function operatorTable(): string {
  const rows = TYPE_NAMES.map((type) => {
    const operators = OPERATORS[type].map((operator) => `\`${operator}\``).join(" ");
    return [TYPES[type].means, operators, TYPES[type].example];
  });
  return toMarkdownTable(["Type", "Operators", "Example"], rows);
}

export const pageFields = (): string => fieldTable("pages");

export const backlinkFields = (): string => fieldTable("backlinks");

function fieldTable(catalogue: CatalogueName): string {
  const rows = TYPE_NAMES.flatMap((type) => {
    const names = [...CATALOGUES[catalogue]].filter((field) => field[1] === type).map(([name]) => `\`${name}\``);
    return names.length === 0 ? [] : [[TYPES[type].means, names.join(" ")]];
  });
  return toMarkdownTable(["Type", "Fields"], rows);
}
