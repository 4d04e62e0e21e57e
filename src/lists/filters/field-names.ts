import { CATALOGUES, type CatalogueName, type FieldType, LINK_MAPS, TLD_PLACEHOLDER } from "../../pages/catalogue.ts";
import { got, nearNames, Refusal } from "../arguments.ts";
import { quoteForMessage } from "../text.ts";

/** A field as the upstream spells it, its type, and what was changed on the way there. */
export interface ResolvedField {
  name: string;
  type: FieldType;
  note?: string;
}

export interface FieldRules {
  catalogue: CatalogueName;
  /** Map `backlinks` to `page_summary.backlinks` and the like; off where the upstream's own strictness is wanted. */
  mapBareNames: boolean;
  /** Let a field pass that the catalogue does not know: the upstream may have grown. */
  allowUnknown: boolean;
}

const TLD_MAP = "page_summary.referring_links_tld";
const TLD_KEY = /^(?:[\p{L}\p{N}-]+\.)*[\p{L}\p{N}-]+$/u;
/** No TLD, of however many labels, is longer than a host name. */
const MAX_TLD_CHARS = 253;
const COUNTRIES = /(?:^|\.)referring_links_countries(?:\.|$)/;
const PLAUSIBLE_UNKNOWN = /^[A-Za-z0-9_:$.-]{1,128}$/;

/** The TLD's place is no name; and who writes `url` or `status_code` hardly means the steps between two pages. */
const NEVER_GUESSED = /\.\$tld$|^indirect_link_path\./;

/** Keys that answers spell one way and filters another. */
const KEY_SPELLINGS: ReadonlyMap<string, string> = new Map([
  ["message-boards", "message_boards"],
  ["wikis", "wiki"],
]);

/**
 * Finds the catalogue's name for what a caller wrote.
 * @param path where it stands, for the message: `filters[0]`
 * @throws {Refusal} for a name that is unknown, cannot be filtered by, or needs a TLD
 */
export function resolveField(written: unknown, path: string, rules: FieldRules): ResolvedField {
  if (typeof written !== "string" || written.trim() === "") {
    throw new Refusal(path, `the field must be a name in quotes, ${got(written)}`, `for example ${exampleOf(rules)}`);
  }
  const name = written.trim();
  const catalogue = CATALOGUES[rules.catalogue];
  const known = catalogue.get(name);
  if (known !== undefined && !name.endsWith(`.${TLD_PLACEHOLDER}`)) return { name, type: known };

  if (rules.catalogue === "pages") {
    const tld = resolveTld(name, path, rules);
    if (tld !== undefined) return tld;
    if (COUNTRIES.test(name)) {
      throw new Refusal(
        path,
        "the upstream cannot filter or sort by referring_links_countries",
        'narrow with backlinks_filters ["domain_from_country","=","US"] instead',
      );
    }
  }
  if (rules.mapBareNames) {
    const full = findFullName(name, rules.catalogue);
    if (full !== undefined) {
      return { name: full, type: catalogue.get(full) ?? "any", note: noteRespelled(path, name, full) };
    }
  }
  if (rules.allowUnknown && PLAUSIBLE_UNKNOWN.test(name)) {
    return {
      name,
      type: "any",
      note: `${path}: field ${quoteForMessage(name)} is not in our catalogue; sent as it is`,
    };
  }
  throw refuseField(name, path, rules);
}

function refuseField(name: string, path: string, rules: FieldRules): Refusal {
  const near = nearNames(name, CATALOGUES[rules.catalogue].keys());
  const works = near.length === 0 ? `for example ${exampleOf(rules)}` : `closest: ${near.join(", ")}`;
  return new Refusal(path, `unknown field ${quoteForMessage(name)}`, works);
}

function resolveTld(name: string, path: string, rules: FieldRules): ResolvedField | undefined {
  const map = [TLD_MAP, "referring_links_tld"].find((prefix) => name.startsWith(`${prefix}.`));
  if (map === undefined) return undefined;
  const key = name.slice(map.length + 1).toLowerCase();
  if (key.length > MAX_TLD_CHARS || !TLD_KEY.test(key)) {
    throw new Refusal(path, `put a TLD in place of ${quoteForMessage(key)}`, `for example "${TLD_MAP}.com"`);
  }
  const full = `${TLD_MAP}.${key}`;
  if (full === name) return { name: full, type: "num" };
  return rules.mapBareNames ? { name: full, type: "num", note: noteRespelled(path, name, full) } : undefined;
}

const noteRespelled = (path: string, name: string, full: string): string =>
  `${path}: ${quoteForMessage(name)} read as "${full}"`;

/**
 * `backlinks`, `status code`, `og:title`, `referring_links_types.redirect` → the full name, when one field
 * ends that way. Where several do, the one nearest the top wins if it stands alone there
 * (`canonical` → `meta.canonical`).
 */
function findFullName(name: string, catalogue: CatalogueName): string | undefined {
  const names = [...CATALOGUES[catalogue].keys()];
  for (const spelling of spellingsOf(name)) {
    if (names.includes(spelling)) return spelling;
    const ending = names.filter((full) => full.endsWith(`.${spelling}`) && !NEVER_GUESSED.test(full));
    const shallowest = Math.min(...ending.map(depthOf));
    const [best, second] = ending.filter((full) => depthOf(full) === shallowest);
    if (best !== undefined && second === undefined) return best;
  }
  return undefined;
}

function spellingsOf(name: string): string[] {
  const underscored = name.replace(/\s+/g, "_");
  const lower = underscored.toLowerCase();
  const dot = lower.lastIndexOf(".");
  const respelled = KEY_SPELLINGS.get(lower.slice(dot + 1));
  const all = [name, underscored, lower];
  if (respelled !== undefined) all.push(lower.slice(0, dot + 1) + respelled);
  return [...new Set(all)];
}

const depthOf = (full: string): number => {
  const inMap = LINK_MAPS.find((map) => full.startsWith(`${map}.`));
  return inMap === undefined ? full.split(".").length : 3;
};

/** A condition that parses, for messages. */
export const exampleOf = ({ catalogue }: FieldRules): string =>
  catalogue === "pages" ? '["page_summary.backlinks",">",10]' : '["dofollow","=",true]';
