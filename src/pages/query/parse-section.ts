import { identifyUrl } from "../answer/url-identity.ts";
import { parseLine } from "../request/argument-values.ts";
import { got, Refusal } from "../request/refusal.ts";
import { quoteForMessage } from "../text.ts";
import { type Section, wordSection } from "./query.ts";

const WORKS = 'for example "/blog" or "shop.acme.example"';

/** A part of a site is named by a host and a few path segments. */
const MAX_CHARS = 500;

/**
 * Reads a section as answers name it: `/blog`, `/`, `shop.acme.example`, `shop.acme.example/x`. A whole URL, a bare
 * word (`blog`), a slash or `/*` at the end are read as what they mean.
 * @throws {Refusal} for what names no part of a site
 */
export function parseSection(value: unknown, notes: string[]): Section {
  const written = parseLine("section", value, MAX_CHARS, WORKS);
  const bare = written
    .replace(/^https?:\/\//i, "")
    .replace(/[#].*$/s, "")
    .replace(/(\/)?\*+$/, "$1");
  const isPath = bare.startsWith("/");
  const isWord = !isPath && !/[./:]/.test(bare);
  const identity =
    bare === "" ? undefined : identifyUrl(isPath || isWord ? `//-${isWord ? "/" : ""}${bare}` : `//${bare}`);
  if (identity === undefined) throw new Refusal("section", `names no part of a site, ${got(value)}`, WORKS);
  const hasPath = isPath || isWord || bare.includes("/");
  const section = {
    host: isPath || isWord ? null : identity.host,
    path: hasPath ? identity.path.replace(/(?<=.)\/+$/, "") : "",
  };
  const read = wordSection(section);
  if (read !== written && read !== written.replace(/\/\*?$/, "")) {
    notes.push(`section ${quoteForMessage(written)} read as ${quoteForMessage(read)}`);
  }
  return section;
}
