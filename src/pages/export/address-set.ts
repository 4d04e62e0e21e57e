import { bareHost, type SafeUrl, toSafeUrl } from "./safe-url.ts";

/** What a redirect is written for; without a query it is for the path with whatever query. */
export type Address = Pick<SafeUrl, "host" | "path" | "query">;

/** Addresses as a redirect would catch them: scheme and `www.` do not matter. */
export interface AddressSet {
  /** What is no safe address is passed over. */
  add(url: string): void;
  /** Whether a redirect for this address would catch one of the set. */
  has(address: Address): boolean;
}

export function createAddressSet(urls: readonly string[], isCaseBlind: boolean): AddressSet {
  const paths = new Set<string>();
  const exact = new Set<string>();
  const toKey = (text: string) => (isCaseBlind ? text.toLowerCase() : text);
  const add = (url: string) => {
    const safe = toSafeUrl(url);
    if (safe === undefined) return;
    const path = bareHost(safe.host) + safe.path;
    paths.add(toKey(path));
    exact.add(toKey(path + safe.query));
  };
  for (const url of urls) add(url);
  return {
    add,
    has: ({ host, path, query }) =>
      query === "" ? paths.has(toKey(host + path)) : exact.has(toKey(host + path + query)),
  };
}
