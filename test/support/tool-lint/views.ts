import { isObject, type Json, objectAt } from "./json.ts";

/** What hosts look for before they show a page. */
export const VIEW_SCHEME = "ui:";
export const VIEW_MEDIA_TYPE = "text/html;profile=mcp-app";

/** @returns whether an address is that of a page for hosts */
export const isViewUri = (uri: unknown): uri is string =>
  typeof uri === "string" && URL.canParse(uri) && new URL(uri).protocol === VIEW_SCHEME;

/**
 * @param meta what a tool has beside its declaration
 * @returns what is wrong with it; undefined for nothing
 */
export function describeViewLink(meta: unknown, resources: readonly Json[]): string | undefined {
  const ui = objectAt(objectAt(meta)["ui"]);
  const uri = ui["resourceUri"];
  if (!isObject(meta) || Object.keys(meta).length !== 1 || Object.keys(ui).length !== 1) {
    return 'must be { "ui": { "resourceUri": … } }';
  }
  if (!isViewUri(uri)) return `must name a page, whose address begins ${VIEW_SCHEME}`;
  // Where no page is listed at all, its own entry is at fault.
  const pages = resources.map((resource) => resource["uri"]).filter(isViewUri);
  return pages.length === 0 || pages.includes(uri) ? undefined : "names a page that is not listed";
}

/**
 * @param meta what a resource has beside its declaration
 * @returns what is wrong with it; undefined for nothing
 */
export function describePageMeta(meta: unknown): string | undefined {
  const { csp, prefersBorder, ...more } = objectAt(objectAt(meta)["ui"]);
  const isNoOrigin = isObject(csp) && Object.keys(csp).length === 0;
  const isWhole = isObject(meta) && Object.keys(meta).length === 1 && Object.keys(more).length === 0;
  return isWhole && isNoOrigin && typeof prefersBorder === "boolean"
    ? undefined
    : 'must be { "ui": { "csp": {}, "prefersBorder": … } }';
}
