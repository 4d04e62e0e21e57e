import type { PagesSnapshot } from "../domain-pages.ts";
import { type RedirectRule, type RedirectSyntax, toRedirectMap } from "./redirect-map.ts";

const HOW_TO = ["For Netlify: put these lines first in _redirects; lines with a whole address are for other hosts."];

/**
 * Seen on Netlify's own matcher (netlify-redirector 0.5.0): it takes a path with and without a slash at its end for one,
 * asks for the parameters of a rule and lets others be, reads names as patterns, and compares decoded values; a line that
 * begins with a path is for all hosts of the site.
 */
const SYNTAX: RedirectSyntax = { isSlashBlind: true, isQueryOpen: true, isHostBlind: true, refuse };

/** Names and values that mean the same decoded or not, as pattern or not; a colon would begin a placeholder. */
const PARAMETER = /^[\w-]+=[\w\-.~/,;@!]+$/;

function refuse({ path, query }: RedirectRule): string | null {
  // Two slashes begin a host, and are never found in the middle.
  if (path.includes(":") || path.includes("//") || /^\/\.netlify(?:\/|$)/.test(path)) return CANNOT_HOLD;
  if (query === "") return null;
  const parameters = query.slice(1).split("&");
  const names = new Set(parameters.map((each) => each.split("=", 1)[0]));
  if (names.size < parameters.length) return "address with a parameter twice, which Netlify never finds";
  return parameters.every((each) => PARAMETER.test(each)) ? null : "address with a query that Netlify reads otherwise";
}

const CANNOT_HOLD = "address that this format cannot hold";

/** The reclaim list as lines of Netlify's `_redirects`: from, query parameters, to, status, parted by spaces. */
export function renderRedirectsNetlify(snapshot: PagesSnapshot): string {
  const { rules, notice, review } = toRedirectMap(snapshot, SYNTAX);
  const lines = [
    ...[...notice, ...HOW_TO].map(toComment),
    ...rules.flatMap((rule) => [`# ${rule.remark}`, toLine(rule, snapshot.request.target)]),
    ...review.map(toComment),
  ];
  return `${lines.join("\n")}\n`;
}

const toComment = (line: string): string => `# ${line}`.trimEnd();

function toLine({ host, path, query, isHostExact, to }: RedirectRule, target: string): string {
  const from = host === target && !isHostExact ? path : `https://${host}${path}`;
  const parameters = query === "" ? [] : query.slice(1).split("&");
  const afterScheme = to.indexOf("://") + "://".length;
  const encoded = to.slice(0, afterScheme) + to.slice(afterScheme).replaceAll(":", "%3A");
  return [from, ...parameters, encoded, "301"].join(" ");
}
