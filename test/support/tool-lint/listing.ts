import type { Client as ModernClient } from "@modelcontextprotocol/client";
import type { Client as OlderClient } from "@modelcontextprotocol/sdk/client/index.js";

export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Empty where there is no object: what is missing is for the rule to say that asks for it. */
export const objectAt = (value: unknown): Json => (isObject(value) ? value : {});

/** The objects of a list; what is none is left out. */
export const objectsIn = (value: unknown): Json[] => listAt(value).filter(isObject);

/** Empty where there is no list. */
export const listAt = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** A JSON Pointer (RFC 6901). */
export const toPointer = (...steps: readonly (string | number)[]): string =>
  steps.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** All that a server tells of itself before the first call; what the entries hold is for the lint to find out. */
export interface Listing {
  /** The server's own name, which hosts put before those of its tools. */
  server: string;
  instructions: string;
  tools: Json[];
  prompts: Json[];
  resources: Json[];
  resourceTemplates: Json[];
}

/** @returns the lists as this client hands them on; each is one page */
export async function readListing(client: OlderClient | ModernClient): Promise<Listing> {
  const lists = {
    ...(await client.listTools()),
    ...(await client.listPrompts()),
    ...(await client.listResources()),
    ...(await client.listResourceTemplates()),
  };
  if (lists.nextCursor !== undefined) throw new Error("a list has more than one page");
  const { tools, prompts, resources, resourceTemplates } = lists as unknown as Listing;
  return {
    server: client.getServerVersion()?.name ?? "",
    instructions: client.getInstructions() ?? "",
    tools,
    prompts,
    resources,
    resourceTemplates,
  };
}

export interface Problem {
  /** JSON Pointer into the listing; of something missing, where it should be. */
  path: string;
  says: string;
}

export interface Rule {
  name: string;
  /** What goes wrong, and where, when it is broken. */
  because: string;
  /** Takes any JSON for a listing's entries. What another rule refuses already is passed over. */
  check: (listing: Listing) => Iterable<Problem>;
}

export interface Finding extends Problem {
  rule: string;
}

/** @returns every breach of every rule; empty when there is none */
export const lint = (listing: Listing, rules: readonly Rule[]): Finding[] =>
  rules.flatMap(({ name, check }) => [...check(listing)].map((problem) => ({ rule: name, ...problem })));

/** A place in an input schema where a schema is due, whatever stands there. */
export interface SchemaPlace {
  at: "top" | "property" | "items";
  path: string;
  /** 0 at the top. */
  depth: number;
  value: unknown;
}

export interface SchemaObject extends SchemaPlace {
  value: Json;
}

/** Every such place of all tools, outermost first. */
export const placesOf = ({ tools }: Listing): SchemaPlace[] =>
  tools.flatMap((tool, index) => [
    ...walk({
      at: "top",
      path: toPointer("tools", index, "inputSchema"),
      depth: 0,
      value: objectAt(tool)["inputSchema"],
    }),
  ]);

/** Those that hold an object. */
export const schemasOf = (listing: Listing): SchemaObject[] =>
  placesOf(listing).filter((place): place is SchemaObject => isObject(place.value));

function* walk(place: SchemaPlace): Generator<SchemaPlace> {
  yield place;
  const { path, value } = place;
  if (!isObject(value)) return;
  const depth = place.depth + 1;
  for (const [name, property] of Object.entries(objectAt(value["properties"]))) {
    yield* walk({ at: "property", path: path + toPointer("properties", name), depth, value: property });
  }
  if ("items" in value) yield* walk({ at: "items", path: `${path}/items`, depth, value: value["items"] });
}

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
