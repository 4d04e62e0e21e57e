import type { CallNames, Surface } from "./calls.ts";
import type { Cell } from "./cells.ts";
import type { SnapshotFiles } from "./export-files.ts";
import type { ParseRequest } from "./parse-request.ts";
import type { ListRequest } from "./request.ts";
import type { RequestFields } from "./request-fields.ts";
import type { Item, JsonObject, ReadingEndpoint, Snapshot } from "./snapshot.ts";

/**
 * One endpoint of the family (`POST {base}/dataforseo/backlinks/{name}/live`), as everything that is no domain of its own
 * knows it: money, the store, the way to the gateway, the sandbox. What makes its list worth reading (rows, findings,
 * columns) stands in the folder of its domain.
 */
export interface Endpoint<R extends ListRequest = ListRequest, I extends Item = Item> extends ReadingEndpoint<I> {
  /** The table of its request body. */
  readonly fields: RequestFields;
  parse: ParseRequest<R>;
  readonly words: {
    /** What it lists, as a sentence calls several: `pages`. */
    readonly items: string;
    /** What its items are counted as: `URL`. */
    readonly counted: string;
  };
  /** What its tools and commands are called in an answer. */
  readonly calls: CallNames;
  /** What `type` calls its items; a sister's answer is told by it. */
  readonly itemType: string;
  /** Whether an object is an item of it, where nothing says so. */
  isItem(item: JsonObject): boolean;
  /** The keys of an item that tell the URL on the target, the target's domain, and when the crawler last looked. */
  readonly itemKeys: { readonly url: string; readonly domain: string; readonly seenAt: string };
}

/** What an answer is told with where it is read. */
export interface TellOptions {
  /** How large it may get, in tokens; rows are left out to fit, and counted. */
  maxTokens: number;
  surface: Surface;
  /** What the reader must know beside, one sentence each. */
  notes?: readonly string[];
}

/** A condensed answer in the forms in which it is told; all state the same facts. */
export interface Told {
  text: () => string;
  structured: () => Record<string, unknown>;
  /** Its parts, for whoever draws tables. */
  blocks: () => readonly (string | ToldTable)[];
}

/** A table of an answer. */
export interface ToldTable {
  /** Empty where it needs none. */
  title: string;
  columns: readonly string[];
  rows: readonly (readonly Cell[])[];
}

/**
 * What the domain of an endpoint makes of a snapshot, whoever asks: loaded with the first call that wants it. A snapshot of
 * another endpoint is refused.
 */
export interface EndpointWork {
  files: SnapshotFiles;
  /** The condensed answer, as the tool that fetches gives it: the same text at every reading. */
  renderSummary: (snapshot: Snapshot) => string;
  /** One item with everything that came, as JSON; undefined when none has this handle. */
  renderItem: (snapshot: Snapshot, handle: string) => string | undefined;
  tell: (snapshot: Snapshot, options: TellOptions) => Told;
}
