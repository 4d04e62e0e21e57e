import type { Snapshot } from "../snapshot.ts";
import { type RedirectRule, toRedirectMap } from "./redirect-map.ts";

const HOW_TO = ["For Netlify: put these lines first in _redirects; lines with a whole address are for other hosts."];

const PARAMETERS = /^\?[^&=:]+=[^&=:]+(?:&[^&=:]+=[^&=:]+)*$/;

/** A query must be told as name=value; a colon would begin a placeholder, two slashes a host. */
const SYNTAX = {
  holds: ({ path, query }: RedirectRule): boolean =>
    !path.includes(":") && !path.startsWith("//") && (query === "" || PARAMETERS.test(query)),
};

/** The reclaim list as lines of Netlify's `_redirects`: from, query parameters, to, status, parted by spaces. */
export function renderRedirectsNetlify(snapshot: Snapshot): string {
  const { rules, notice } = toRedirectMap(snapshot, SYNTAX);
  const lines = [
    ...[...notice, ...HOW_TO].map((line) => `# ${line}`),
    ...rules.flatMap((rule) => [`# ${rule.remark}`, toLine(rule, snapshot.request.target)]),
  ];
  return `${lines.join("\n")}\n`;
}

function toLine({ host, path, query, to }: RedirectRule, target: string): string {
  const from = host === target ? path : `https://${host}${path}`;
  const parameters = query === "" ? [] : query.slice(1).split("&");
  const afterScheme = to.indexOf("://") + "://".length;
  const encoded = to.slice(0, afterScheme) + to.slice(afterScheme).replaceAll(":", "%3A");
  return [from, ...parameters, encoded, "301"].join(" ");
}
