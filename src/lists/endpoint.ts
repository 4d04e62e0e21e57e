import type { ParseRequest } from "./parse-request.ts";
import type { ListRequest } from "./request.ts";
import type { RequestFields } from "./request-fields.ts";
import type { Item, JsonObject, ReadingEndpoint } from "./snapshot.ts";

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
  /** What `type` calls its items; a sister's answer is told by it. */
  readonly itemType: string;
  /** Whether an object is an item of it, where nothing says so. */
  isItem(item: JsonObject): boolean;
  /** The keys of an item that tell the URL on the target, the target's domain, and when the crawler last looked. */
  readonly itemKeys: { readonly url: string; readonly domain: string; readonly seenAt: string };
}
