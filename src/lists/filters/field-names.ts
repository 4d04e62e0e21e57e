import { got, nearNames, Refusal } from "../arguments.ts";
import { quoteForMessage } from "../text.ts";

/** A field's type in the upstream's own words. `any` is ours: a field that the catalogue does not know. */
export type FieldType = "str" | "num" | "time" | "bool" | "array.str" | "array.num" | "any";

/** Fields by their full names. */
export type Catalogue = ReadonlyMap<string, FieldType>;

/** The fields that filters and sorting rules of one list speak of. */
export interface Fields {
  catalogue: Catalogue;
  /** A condition that parses, for messages. */
  example: string;
  /**
   * Reads what no list of names holds: keys of open maps, and what answers call a field.
   * @throws {Refusal} for what could be meant and cannot be had
   */
  resolve?: (name: string, path: string, rules: FieldRules) => ResolvedField | undefined;
  /** Names of ours that a wrong one may have meant, beside the catalogue's own. */
  ownNames?: (isKept: boolean) => readonly string[];
  /** Names that stand for others, and are none themselves: `page_summary.referring_links_tld.$tld`. */
  isPlaceholder?: (full: string) => boolean;
  /** Names that nobody means who writes their last part alone. */
  isNeverGuessed?: (full: string) => boolean;
  /** How far from the top a field stands, where not every dot is a step. */
  depthOf?: (full: string) => number;
  /** Last parts that answers spell one way and filters another. */
  keySpellings?: ReadonlyMap<string, string>;
}

/** A field as the upstream spells it, its type, and what was changed on the way there. */
export interface ResolvedField {
  name: string;
  type: FieldType;
  note?: string;
  /** A shorter name of ours under which it was asked for, and is shown: `country:US`. */
  shown?: string;
}

export interface FieldRules {
  fields: Fields;
  /** Map `backlinks` to `page_summary.backlinks` and the like; off where the upstream's own strictness is wanted. */
  mapBareNames: boolean;
  /** Let a field pass that the catalogue does not know: the upstream may have grown. */
  allowUnknown: boolean;
  /**
   * It is asked of what is kept, which can tell more than the upstream filters by: shares, countries, any key of a
   * breakdown, URLs as tables show them. @default false
   */
  isKept?: boolean;
}

const PLAUSIBLE_UNKNOWN = /^[A-Za-z0-9_:$.-]{1,128}$/;

/**
 * Finds the catalogue's name for what a caller wrote.
 * @param path where it stands, for the message: `filters[0]`
 * @throws {Refusal} for a name that is unknown, cannot be filtered by, or needs a TLD
 */
export function resolveField(written: unknown, path: string, rules: FieldRules): ResolvedField {
  if (typeof written !== "string" || written.trim() === "") {
    throw new Refusal(
      path,
      `the field must be a name in quotes, ${got(written)}`,
      `for example ${rules.fields.example}`,
    );
  }
  const name = written.trim();
  const { fields } = rules;
  const type = fields.catalogue.get(name);
  if (type !== undefined && fields.isPlaceholder?.(name) !== true) return { name, type };
  const known = fields.resolve?.(name, path, rules);
  const read = known ?? (rules.mapBareNames ? resolveBareName(name, path, rules) : undefined);
  if (read !== undefined) return read;
  if (rules.allowUnknown && PLAUSIBLE_UNKNOWN.test(name)) {
    const note = `${path}: field ${quoteForMessage(name)} is not in our catalogue; sent as it is`;
    return { name, type: "any", note };
  }
  throw refuseField(name, path, rules);
}

function resolveBareName(name: string, path: string, { fields }: FieldRules): ResolvedField | undefined {
  const full = findFullName(name, fields);
  if (full === undefined) return undefined;
  return { name: full, type: fields.catalogue.get(full) ?? "any", note: noteRespelled(path, name, full) };
}

function refuseField(name: string, path: string, rules: FieldRules): Refusal {
  const near = nearNames(name, [
    ...rules.fields.catalogue.keys(),
    ...(rules.fields.ownNames?.(rules.isKept === true) ?? []),
  ]);
  const works = near.length === 0 ? `for example ${rules.fields.example}` : `closest: ${near.join(", ")}`;
  return new Refusal(path, `unknown field ${quoteForMessage(name)}`, works);
}

/** What a caller is told whose name was read as another. */
export const noteRespelled = (path: string, name: string, full: string): string =>
  `${path}: ${quoteForMessage(name)} read as "${full}"`;

/**
 * `backlinks`, `status code`, `og:title`, `referring_links_types.redirect` → the full name, when one field
 * ends that way. Where several do, the one nearest the top wins if it stands alone there
 * (`canonical` → `meta.canonical`).
 */
function findFullName(name: string, fields: Fields): string | undefined {
  const { catalogue, isNeverGuessed = () => false, depthOf = countSteps } = fields;
  const names = [...catalogue.keys()];
  for (const spelling of spellingsOf(name, fields)) {
    if (names.includes(spelling)) return spelling;
    const ending = names.filter((full) => full.endsWith(`.${spelling}`) && !isNeverGuessed(full));
    const shallowest = Math.min(...ending.map(depthOf));
    const [best, second] = ending.filter((full) => depthOf(full) === shallowest);
    if (best !== undefined && second === undefined) return best;
  }
  return undefined;
}

const countSteps = (full: string): number => full.split(".").length;

function spellingsOf(name: string, { keySpellings }: Fields): string[] {
  const underscored = name.replace(/\s+/g, "_");
  const lower = underscored.toLowerCase();
  const dot = lower.lastIndexOf(".");
  const respelled = keySpellings?.get(lower.slice(dot + 1));
  const all = [name, underscored, lower];
  if (respelled !== undefined) all.push(lower.slice(0, dot + 1) + respelled);
  return [...new Set(all)];
}
