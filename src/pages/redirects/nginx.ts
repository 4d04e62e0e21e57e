import type { PagesSnapshot } from "../domain-pages.ts";
import { type RedirectRule, type RedirectSyntax, toRedirectMap } from "./redirect-map.ts";

/** nginx compares the keys of a map without regard to letter case. */
const SYNTAX: RedirectSyntax = { isCaseBlind: true };

const HOW_TO = [
  "Include this file in the http block; in each server block add:",
  '  if ($reclaim_to != "") { return 301 $reclaim_to; }',
];

/** The host without www, and the path as it was sent, so that a key is what stands in the link. */
const PREAMBLE = [
  'map $host $reclaim_host { default $host; "~^www[.](?<reclaim_bare>.+)$" $reclaim_bare; }',
  'map $request_uri $reclaim_path { "~^(?<reclaim_raw>[^?]*)" $reclaim_raw; }',
];

/**
 * What a path leads to takes the visitor's query along, as other hosts do, unless it has one of its own. `$args` is as it
 * was sent: no line break can be in it.
 */
const WITH_QUERY =
  'map $reclaim_by_host $reclaim_with_query { "" ""; "~[?]" $reclaim_by_host; default $reclaim_by_host$is_args$args; }';

/**
 * The reclaim list as maps for nginx, one entry per line. Keys and values are quoted and hold neither `$` nor a quote
 * nor a backslash; a key begins with a host, so that it is never a pattern or a keyword.
 */
export function renderRedirectsNginx(snapshot: PagesSnapshot): string {
  const { rules, notice, review } = toRedirectMap(snapshot, SYNTAX);
  const entries = (some: readonly RedirectRule[]) =>
    some.flatMap(({ host, path, query, to, remark }) => [`  # ${remark}`, `  "${host}${path}${query}" "${to}";`]);
  const lines = [
    ...[...notice, ...HOW_TO, ...describeBucket(rules)].map(toComment),
    ...PREAMBLE,
    "map $reclaim_host$reclaim_path $reclaim_by_path {",
    ...entries(rules.filter(({ query, isHostExact }) => query === "" && !isHostExact)),
    "}",
    "map $host$reclaim_path $reclaim_by_host {",
    "  default $reclaim_by_path;",
    ...entries(rules.filter(({ query, isHostExact }) => query === "" && isHostExact)),
    "}",
    WITH_QUERY,
    "map $reclaim_host$request_uri $reclaim_by_query {",
    "  default $reclaim_with_query;",
    ...entries(rules.filter(({ query, isHostExact }) => query !== "" && !isHostExact)),
    "}",
    "map $host$request_uri $reclaim_to {",
    "  default $reclaim_by_query;",
    ...entries(rules.filter(({ query, isHostExact }) => query !== "" && isHostExact)),
    "}",
    ...review.map(toComment),
  ];
  return `${lines.join("\n")}\n`;
}

const toComment = (line: string): string => `# ${line}`.trimEnd();

/** What nginx reserves for a key out of the box, on the common 64-byte cache line. */
const DEFAULT_BUCKET = 64;

/** nginx does not start when a key is longer than its bucket; an entry takes two pointers and two bytes more. */
function describeBucket(rules: readonly RedirectRule[]): string[] {
  const longest = Math.max(0, ...rules.map(({ host, path, query }) => host.length + path.length + query.length));
  const needed = longest + 32;
  if (needed <= DEFAULT_BUCKET) return [];
  return [`Long keys: the http block needs map_hash_bucket_size ${2 ** Math.ceil(Math.log2(needed))}; or more.`];
}
