import type { PagesSnapshot } from "../domain-pages.ts";
import { type RedirectRule, type RedirectSyntax, toRedirectMap } from "./redirect-map.ts";

/** Seen on Apache 2.4: a slash in code is answered 404 before any rule is asked, unless the server is told otherwise. */
const SYNTAX: RedirectSyntax = {
  refuse: ({ path }) =>
    /%2f/i.test(path) ? "address with %2F, which Apache refuses unless AllowEncodedSlashes is NoDecode" : null,
};

const HOW_TO = [
  "For Apache 2.4 with mod_rewrite: include it in the VirtualHost, or put it first in the .htaccess of the root.",
];

/**
 * The reclaim list as rules of mod_rewrite: host and address in two conditions, the target in the rule below them.
 * Conditions look at the request line as it was sent, because other directives see a decoded path and no query.
 */
export function renderRedirectsApache(snapshot: PagesSnapshot): string {
  const { rules, notice, review } = toRedirectMap(snapshot, SYNTAX);
  const lines = [
    ...[...notice, ...HOW_TO].map(toComment),
    "RewriteEngine On",
    ...rules.flatMap(toLines),
    ...review.map(toComment),
  ];
  return `${lines.join("\n")}\n`;
}

const toComment = (line: string): string => `# ${line}`.trimEnd();

function toLines({ host, path, query, isHostExact, to, remark }: RedirectRule): string[] {
  const address = toPattern(path + query) + (query === "" ? "(?:[?][^ ]*)?" : "");
  // NE: the target is encoded already. QSD: the query that named the old page means nothing to the new one.
  const flags = query === "" ? "R=301,NE,L" : "R=301,NE,L,QSD";
  return [
    `# ${remark}`,
    `RewriteCond "%{HTTP_HOST}" "^${isHostExact ? "" : "(?:www[.])?"}${toPattern(host)}(?::[0-9]+)?$" [NC]`,
    `RewriteCond "%{THE_REQUEST}" "^[A-Z]+ ${address} "`,
    // A percent sign would call up what a condition caught.
    `RewriteRule "^" "${to.replaceAll("%", "\\%")}" [${flags}]`,
  ];
}

/** In brackets a mark stands for itself, without a backslash that a configuration might read first. */
const toPattern = (text: string): string => text.replace(/[.?+()]/g, "[$&]");
