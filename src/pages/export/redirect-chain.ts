import { isRedirect } from "../answer/page-status.ts";
import { MAX_HOPS } from "../answer/redirects.ts";
import type { Page } from "../snapshot/page.ts";

/** A redirect that leads to another fetched redirect, and where the last of them leads. */
export interface Chain {
  page: Page;
  /** Absolute; null when the way is a loop, or its end is not known. */
  end: string | null;
}

/** All chains among the fetched pages, in fetched order. */
export function findChains(pages: readonly Page[]): Chain[] {
  const redirects = pages.filter(isRedirect);
  const byUrl = new Map<string, Page>();
  for (const page of redirects) {
    const url = toAbsolute(page.url);
    if (url !== null) byUrl.set(url, page);
  }
  return redirects.flatMap((page) => {
    const next = nextOf(page, byUrl);
    return next === undefined ? [] : [{ page, end: findEnd(page, next, byUrl) }];
  });
}

type ByUrl = ReadonlyMap<string, Page>;

const nextOf = ({ url, location }: Page, byUrl: ByUrl): Page | undefined =>
  location === null ? undefined : byUrl.get(toAbsolute(location, url) ?? "");

function findEnd(start: Page, second: Page, byUrl: ByUrl): string | null {
  const seen = new Set([start]);
  let last = second;
  let next = nextOf(last, byUrl);
  while (next !== undefined && !seen.has(last) && seen.size <= MAX_HOPS) {
    seen.add(last);
    last = next;
    next = nextOf(last, byUrl);
  }
  return next !== undefined || last.location === null ? null : toAbsolute(last.location, last.url);
}

/** Scheme and `www.` count here: from the one to the other is a hop. Null for what no browser could follow. */
function toAbsolute(url: string, base?: string): string | null {
  if (!URL.canParse(url, base)) return null;
  const absolute = new URL(url, base);
  absolute.hash = "";
  return absolute.href;
}
