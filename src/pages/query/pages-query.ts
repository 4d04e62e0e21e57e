import { got, parseLine, Refusal } from "../../lists/arguments.ts";
import { type Filter, toAskedFilter } from "../../lists/filters/filter.ts";
import { type OrderRule, toAskedOrder } from "../../lists/filters/order-by.ts";
import { quoteForMessage } from "../../lists/text.ts";
import { TOP_LEVEL } from "../answer/sections.ts";
import { identifyUrl } from "../answer/url-identity.ts";
import type { SnapshotRef } from "../find-snapshot.ts";
import type { Grouping, PageState } from "./query-schema.ts";

/** How many full records one answer opens. */
export const MAX_HANDLES = 10;

/** A part of a site: everything on a host, everything under a path of it, or its top level. */
export interface Section {
  /** Null for the target itself. */
  host: string | null;
  /** `/blog` without a slash at its end; `/` for the pages at the top level; empty for the whole host. */
  path: string;
  /** More parts, any of which will do: an area may be a folder and a subdomain. */
  also?: Section[];
}

/** What a page has to meet; all of it holds together. */
export interface Where {
  filters?: Filter;
  status?: PageState;
  section?: Section;
  minBacklinks?: number;
  minReferringDomains?: number;
  /** Words that all stand in the URL or the title. */
  text?: string;
}

/** A column that was asked for: one of the default table's, or a field of a page. */
export interface QueryColumn {
  name: string;
  kind: "table" | "field";
  /** The field that it shows, where that is called otherwise. */
  field?: string;
}

/** A checked question to a snapshot. */
export interface PagesQuery {
  ref: SnapshotRef;
  where: Where;
  /** Empty for the order in which the pages were fetched. */
  orderBy: OrderRule[];
  /** Null for the default table. */
  columns: QueryColumn[] | null;
  groupBy: Grouping | null;
  /** One row per real page; else one per fetched URL. */
  fold: boolean;
  /** Null for as many rows as fit. */
  limit: number | null;
  /** Rows or groups skipped. */
  offset: number;
  /** Pages whose full records are asked for; empty for a table. */
  handles: string[];
}

/** `/blog`, `shop.acme.example`, `shop.acme.example/x`, `/blog + blog.acme.example`. */
export const wordSection = ({ host, path, also = [] }: Section): string =>
  [`${host ?? ""}${path}`, ...also.map(wordSection)].join(" + ");

/** The conditions as arguments, in the order in which an answer names them. */
export function toWhereArguments(where: Where): Record<string, unknown> {
  return {
    ...(where.filters !== undefined && { filters: toAskedFilter(where.filters) }),
    ...(where.status !== undefined && { status: where.status }),
    ...(where.section !== undefined && { section: wordSection(where.section) }),
    ...(where.minBacklinks !== undefined && { min_backlinks: where.minBacklinks }),
    ...(where.minReferringDomains !== undefined && { min_referring_domains: where.minReferringDomains }),
    ...(where.text !== undefined && { text: where.text }),
  };
}

/** The arguments that ask the same of one snapshot; what is at its default is left out. */
export function toQueryArguments(query: PagesQuery, snapshotId: string): Record<string, unknown> {
  return {
    snapshot_id: snapshotId,
    ...toWhereArguments(query.where),
    ...(query.orderBy.length > 0 && { order_by: toAskedOrder(query.orderBy) }),
    ...(query.columns !== null && { columns: query.columns.map(({ name }) => name) }),
    ...(query.groupBy !== null && { group_by: query.groupBy }),
    ...(!query.fold && { fold: false }),
    ...(query.limit !== null && { limit: query.limit }),
    ...(query.offset > 0 && { offset: query.offset }),
    ...(query.handles.length > 0 && { handles: query.handles }),
  };
}

const WORKS = 'for example "/blog" or "shop.acme.example"';

/** A part of a site is named by a host and a few path segments. */
const MAX_CHARS = 500;

/**
 * Reads a section as answers name it: `/blog`, `/`, `shop.acme.example`, `shop.acme.example/x`, and several joined by a
 * plus (`/blog + blog.acme.example`). A whole URL, a bare word (`blog`), a slash or `/*` at the end are read as what they
 * mean.
 * @throws {Refusal} for what names no part of a site
 */
export function parseSection(value: unknown, notes: string[]): Section {
  const parts = parseLine("section", value, MAX_CHARS, WORKS).split(/\s+\+\s+/);
  const [first, ...also] = parts.map((part) => parsePart(part, notes));
  if (first === undefined) throw new Refusal("section", `names no part of a site, ${got(value)}`, WORKS);
  return also.length === 0 ? first : { ...first, also };
}

function parsePart(written: string, notes: string[]): Section {
  const bare = written
    .replace(` ${TOP_LEVEL}`, "")
    .replace(/^https?:\/\//i, "")
    .replace(/[#].*$/s, "")
    .replace(/(\/)?\*+$/, "$1");
  const isPath = bare.startsWith("/");
  const isWord = !isPath && !/[./:]/.test(bare);
  const identity =
    bare === "" ? undefined : identifyUrl(isPath || isWord ? `//-${isWord ? "/" : ""}${bare}` : `//${bare}`);
  if (identity === undefined) throw new Refusal("section", `names no part of a site, ${got(written)}`, WORKS);
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
